// `npm run bench:lists -- [--rows 1000000] [--database sqlite|postgresql] [--grep TEXT] [--url URL]`: how long the
// queries of lists, counts, searches, statistics, verify and sweep take over many uploads.
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { migrate } from "../../src/adapters/prisma/migrate.ts";
import { openDatabase } from "../../src/adapters/prisma/open-database.ts";
import { startPostgres } from "../support/embedded-postgres.ts";
import { runSql } from "../support/run-sql.ts";
import { prismaDirectory, silentLog } from "../support/temp-database.ts";
import { type Question, questions } from "./lists/questions.ts";
import { seed } from "./lists/seed.ts";

/** What a query may take, in ms. */
const LIMIT_MS = 50;
/** Rows are written as of this migration: the time of the later ones is measured. */
const SEEDED_AT = "20261130191503_foundations";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    database: { type: "string", default: "sqlite" },
    grep: { type: "string", default: "" },
    runs: { type: "string", default: "3" },
    slow: { type: "boolean", default: false },
  },
});
const rows = Number(values.rows);
const now = new Date("2026-11-30T12:00:00.000Z");
const print = (line: string) => process.stdout.write(`${line}\n`);

const folder = await mkdtemp(join(tmpdir(), "lists-"));
const postgres = values.database === "postgresql" ? await startPostgres() : null;
const url = postgres?.url ?? `file:${join(folder, "lists.db")}`;
try {
  await prepare();
  await judge();
} finally {
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
}

async function prepare(): Promise<void> {
  const directory = join(folder, "prisma");
  await cp(prismaDirectory, directory, { recursive: true });
  for (const kind of ["sqlite", "postgresql"])
    for (const name of await readdir(join(directory, kind, "migrations")))
      if (name > SEEDED_AT && !name.endsWith(".toml"))
        await rm(join(directory, kind, "migrations", name), { recursive: true });
  await migrate({ url, directory, log: silentLog });
  await timed(`${rows} rows written`, () => seed(url, rows, now));
  await timed("migrations after them", () =>
    migrate({ url, directory: prismaDirectory, log: silentLog }),
  );
  if (postgres !== null) await printSize();
}

/** Without the dead rows that the migrations left. */
async function printSize(): Promise<void> {
  await runSql(url, 'VACUUM FULL "ChunkedUpload"');
  const [size] = await runSql(
    url,
    `SELECT pg_table_size('"ChunkedUpload"') AS table, pg_indexes_size('"ChunkedUpload"') AS indexes`,
  );
  const perRow = (bytes: unknown) => Math.round(Number(bytes) / rows);
  print(`bytes per record: ${perRow(size?.table)} table, ${perRow(size?.indexes)} indexes`);
}

async function judge(): Promise<void> {
  const database = await openDatabase({ url, log: silentLog });
  try {
    const asked = questions(database.uploads, now).filter(({ name }) => name.includes(values.grep));
    print(`\n| ${values.database}, ${rows} rows | ms | rows | |\n| --- | --: | --: | --- |`);
    let slow = 0;
    for (const question of asked) {
      const { ms, found } = await measured(question);
      if (ms > LIMIT_MS) slow += 1;
      if (ms > LIMIT_MS || !values.slow)
        print(
          `| ${question.name} | ${ms.toFixed(1)} | ${found} | ${ms > LIMIT_MS ? "SLOW" : ""} |`,
        );
    }
    print(`\n${asked.length} queries, ${slow} of them took more than ${LIMIT_MS} ms.`);
  } finally {
    await database.close();
  }
}

/** The median of some runs after one that fills caches. */
async function measured({ ask }: Question): Promise<{ ms: number; found: number }> {
  let found = await ask();
  const times: number[] = [];
  for (let run = 0; run < Number(values.runs); run += 1) {
    const startedAt = performance.now();
    found = await ask();
    times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  return { ms: times[Math.floor(times.length / 2)] ?? 0, found };
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  await work();
  print(`${what}: ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
}
