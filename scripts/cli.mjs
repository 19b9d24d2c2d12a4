// `npm run cli -- <command>`: the operator's command line, with the same settings as `npm start`.
import { existsSync } from "node:fs";
import { loadEnvFile, requireNode, root } from "./project.mjs";

requireNode();
process.chdir(root);
loadEnvFile();
const built = new URL("../dist/cli.js", import.meta.url);
if (!existsSync(built)) {
  process.stderr.write(
    "The command line is not built. Run `npm start` or `npm run build` first.\n",
  );
  process.exit(1);
}
await import(built.href);
