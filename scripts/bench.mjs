// `npm run bench`: throughput compared with @tus/server, completion time and memory of the server.
// `bench:move`: moving 10,000 uploads. `bench:link`, `bench:queue`, `bench:page`, `bench:view`: the client on a slow network and with many files.
import { buildIfStale, requireNode, root, run } from "./project.mjs";

const [name = "bench"] = process.argv.slice(2);

requireNode();
process.chdir(root);
await buildIfStale();
process.exitCode = await run("node_modules/tsx/dist/cli.mjs", [`test/bench/${name}.ts`]);
