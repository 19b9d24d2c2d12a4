// `npm run fuzz -- --requests 200000 --lanes 8 --seed 7`: seeded random requests to the built server.
import { buildIfStale, requireNode, root, run } from "./project.mjs";

requireNode();
process.chdir(root);
await buildIfStale();
const args = ["test/fuzz/main.ts", ...process.argv.slice(2)];
process.exitCode = await run("node_modules/tsx/dist/cli.mjs", args);
