// `npm run simulate -- --minutes 10 --instances 2 --seed 7`: seeded histories of the core with faults.
import { requireNode, run } from "./project.mjs";

requireNode();
const args = ["test/simulation/main.ts", ...process.argv.slice(2)];
process.exitCode = await run("node_modules/tsx/dist/cli.mjs", args);
