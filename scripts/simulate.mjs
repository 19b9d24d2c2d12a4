// `npm run simulate -- --minutes 10 --instances 2 --seed 7`: seeded simulations of the core with faults.
import { requireNode, run } from "./project.mjs";

requireNode();
// With `--mutations`: which deliberate breaks of the core the simulation finds.
const given = process.argv.slice(2);
const wantsMutations = given.includes("--mutations");
const entry = wantsMutations ? "test/simulation/mutate.ts" : "test/simulation/main.ts";
const args = [entry, ...given.filter((option) => option !== "--mutations")];
process.exitCode = await run("node_modules/tsx/dist/cli.mjs", args);
