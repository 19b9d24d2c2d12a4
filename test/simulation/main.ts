import { parseArgs } from "node:util";
import { runSeed } from "../support/random-file.ts";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(runSeed()) },
    minutes: { type: "string", default: "1" },
    instances: { type: "string", default: "1" },
    clients: { type: "string", default: "6" },
  },
});
const until = Date.now() + Number(values.minutes) * 60_000;
const first = Number(values.seed);
const total = { histories: 0, violations: 0, steps: 0, crashes: 0, completed: 0 };

for (let seed = first; Date.now() < until; seed += 1) {
  const plan = { seed, instances: Number(values.instances), clients: Number(values.clients) };
  total.histories += 1;
  try {
    const { steps, crashes, completed } = await simulate(plan);
    total.steps += steps;
    total.crashes += crashes;
    total.completed += completed;
  } catch (error) {
    total.violations += 1;
    process.stdout.write(`${(error as Error).message}\n`);
  }
}
process.stdout.write(`${JSON.stringify(total)}\n`);
process.exitCode = total.violations === 0 ? 0 : 1;
