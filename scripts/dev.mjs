// `npm run dev`: Next's development server. Changes in src/server and src/core need a restart.
import { generate, loadEnvFile, requireNode, root, run } from "./project.mjs";

requireNode();
process.chdir(root);
loadEnvFile();
await generate();
const host = process.env.HOST || "127.0.0.1";
const port = process.env.PORT || "3000";
process.exitCode = await run("node_modules/next/dist/bin/next", ["dev", "-H", host, "-p", port]);
