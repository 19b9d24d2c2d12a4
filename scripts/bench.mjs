// `npm run bench`: the raw door against @tus/server, the time of completing, the server's memory.
import { buildIfStale, requireNode, root, run } from "./project.mjs";

requireNode();
process.chdir(root);
await buildIfStale();
process.exitCode = await run("node_modules/tsx/dist/cli.mjs", ["test/bench/bench.ts"]);
