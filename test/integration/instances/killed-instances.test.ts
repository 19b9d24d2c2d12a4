import { expect, it } from "vitest";
import { missingProgram, startCluster } from "../../cluster/cluster.ts";
import { runCluster } from "../../cluster/run-cluster.ts";
import { freshPostgres, postgresUrl } from "../../support/postgres.ts";
import { runSeed } from "../../support/random-file.ts";

const postgres = await postgresUrl();
const missing = missingProgram();
if (missing !== null) {
  process.stdout.write(`No ${missing} is found: two instances behind nginx are not tested.\n`);
}

it.runIf(postgres !== null && missing === null)(
  "uploads through all doors survive kill -9 of one instance after the other",
  async () => {
    await using database = await freshPostgres(postgres ?? "");
    await using cluster = await startCluster({ databaseUrl: database.url });
    const plan = { uploads: 12, lanes: 8, seed: runSeed(), largest: 9 * 2 ** 20 };
    const run = await runCluster(cluster, { ...plan, faults: "kill", everyMs: 500 });
    const failed = run.outcomes.filter(({ problem }) => problem !== null);
    const told = failed.map(({ door, problem, history }) => ({
      ...{ door, problem, seed: plan.seed, history: history.lines },
    }));
    expect(told).toEqual([]);
    expect(run.problems).toEqual([]);
    expect(run.disturbances.lines).not.toEqual([]);
    expect(run.outcomes).toHaveLength(plan.uploads);
  },
  // A limit for a run that hangs.
  300_000,
);
