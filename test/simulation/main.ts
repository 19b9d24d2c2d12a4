import { parseArgs } from "node:util";
import { runSeed } from "../support/random-file.ts";
import { FaultTable } from "./fault-table.ts";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(runSeed()) },
    minutes: { type: "string", default: "1" },
    /** 1, 2 and 3 in turn when left out. */
    instances: { type: "string" },
    clients: { type: "string", default: "8" },
    /** Ends with the first violation. */
    first: { type: "boolean", default: false },
  },
});
/** Minutes of work of the processor: other processes do not shorten a run. */
const budget = Number(values.minutes) * 60e6;
const spent = () => Object.values(process.cpuUsage()).reduce((sum, part) => sum + part, 0);
const first = Number(values.seed);
const table = new FaultTable();
const total = { histories: 0, violations: 0, steps: 0, crashes: 0, completed: 0 };

for (let seed = first; spent() < budget; seed += 1) {
  const plan = {
    seed,
    instances: Number(values.instances ?? 1 + (seed % 3)),
    clients: Number(values.clients),
  };
  total.histories += 1;
  try {
    const { steps, crashes, completed, table: faults } = await simulate(plan);
    total.steps += steps;
    total.crashes += crashes;
    total.completed += completed;
    table.add(faults);
  } catch (error) {
    total.violations += 1;
    process.stdout.write(`${(error as Error).message}\n`);
    if (values.first) break;
  }
}
if (!values.first) process.stdout.write(`${table.format()}\n`);
process.stdout.write(`${JSON.stringify(total)}\n`);
process.exitCode = total.violations === 0 ? 0 : 1;
