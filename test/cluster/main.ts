import { parseArgs } from "node:util";
import { runSeed } from "../support/random-file.ts";
import { missingProgram, startCluster } from "./cluster.ts";
import { report } from "./report.ts";
import { type ClusterPlan, runCluster } from "./run-cluster.ts";

// Two built instances behind nginx on PostgreSQL and S3, and clients of all doors, under faults.
const { values } = parseArgs({
  options: {
    uploads: { type: "string", default: "200" },
    lanes: { type: "string", default: "8" },
    seed: { type: "string", default: String(runSeed()) },
    faults: { type: "string", default: "kill" },
    every: { type: "string", default: "5" },
    "largest-mib": { type: "string", default: "24" },
  },
});
const faults = values.faults as ClusterPlan["faults"];
if (!["none", "kill", "outage"].includes(faults))
  throw new Error("--faults is none, kill or outage");
const plan: ClusterPlan = {
  uploads: Number(values.uploads),
  lanes: Number(values.lanes),
  seed: Number(values.seed),
  faults,
  everyMs: Number(values.every) * 1_000,
  largest: Number(values["largest-mib"]) * 2 ** 20,
};
const missing = missingProgram();
if (missing !== null) throw new Error(`The cluster needs ${missing}.`);

const say = (line: string) => void process.stdout.write(`${line}\n`);
say(`${plan.uploads} uploads, ${plan.lanes} at once, faults: ${faults}, seed ${plan.seed}`);
await using cluster = await startCluster();
const run = await runCluster(cluster, plan, say);
process.exitCode = (await report(cluster, { plan, run, say })) ? 0 : 1;
