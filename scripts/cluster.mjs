// `npm run cluster -- --uploads 200 --faults kill`: two built instances behind nginx, under faults.
import { buildIfStale, requireNode, root, run } from "./project.mjs";

requireNode();
process.chdir(root);
await buildIfStale();
const args = ["test/cluster/main.ts", ...process.argv.slice(2)];
process.exitCode = await run("node_modules/tsx/dist/cli.mjs", args);
