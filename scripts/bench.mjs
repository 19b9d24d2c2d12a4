// `npm run bench`: the raw door against @tus/server, the time of completing, the server's memory.
// `bench:link`, `bench:queue`, `bench:page`, `bench:view`: the client over a long line and with many files.
import { buildIfStale, requireNode, root, run } from "./project.mjs";

const [name = "bench"] = process.argv.slice(2);

requireNode();
process.chdir(root);
await buildIfStale();
process.exitCode = await run("node_modules/tsx/dist/cli.mjs", [`test/bench/${name}.ts`]);
