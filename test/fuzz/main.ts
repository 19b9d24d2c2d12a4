import { parseArgs } from "node:util";
import { runSeed } from "../support/random-file.ts";
import { adminEmail, spawnServer } from "../support/spawn-server.ts";
import { runFuzz } from "./run-fuzz.ts";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "200000" },
    lanes: { type: "string", default: "8" },
    seed: { type: "string", default: String(runSeed()) },
  },
});
const plan = {
  requests: Number(values.requests),
  lanes: Number(values.lanes),
  seed: Number(values.seed),
};

await using server = await spawnServer({ env: { LOG_LEVEL: "error" } });
const token = await server.token();
const made = await server.cli(["user", "add", "stranger@example.com"]);
if (made.code !== 0) throw new Error(made.stderr);
const stranger = await server.cli(["token", "create", "stranger@example.com", "--name", "fuzz"]);
const began = Date.now();
process.stdout.write(`${plan.requests} requests, ${plan.lanes} lanes, seed ${plan.seed}\n`);
const tally = await runFuzz(
  { origin: server.url, token, strangerToken: stranger.stdout.trim() },
  plan,
);
process.stdout.write(`\n| door | status | requests |\n| --- | --- | --- |\n`);
for (const [key, count] of [...tally.counts].sort()) {
  process.stdout.write(`| ${key.replace(" ", " | ")} | ${count} |\n`);
}
const seconds = (Date.now() - began) / 1_000;
const errors = server
  .output()
  .split("\n")
  .filter((line) => line.includes('"level":50'));
process.stdout.write(
  `\n${tally.requests} requests in ${seconds.toFixed(0)} s as ${adminEmail}: no violation, ${errors.length} errors logged.\n`,
);
for (const line of errors.slice(0, 5)) process.stdout.write(`${line}\n`);
process.exitCode = errors.length === 0 ? 0 : 1;
