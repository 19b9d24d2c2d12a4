import { configDefaults, defineConfig } from "vitest/config";

process.env.TZ = "Asia/Kathmandu";

// Checks that need the registry have their own commands (scripts/check-vite.mjs).
const include = [process.env.CHECKS ?? "test/**/*.test.{ts,tsx}"];
// scripts/test.mjs names what cannot run on this machine. Options of the command line do not reach projects.
const absent = [...configDefaults.exclude, ...(process.env.TEST_EXCLUDE?.split(",") ?? [])];

/** Suites over a whole application. They run on other combinations of database and store, too. */
const suites = (...names: readonly string[]) =>
  names.map((name) => `test/integration/${name}/**/*.test.ts`);
const onPostgres = suites("doors", "drf", "tus", "uploads", "races", "client");
/** The others look at files, or at the moment in which a body on the disk is committed. */
const onS3 = suites("doors", "drf", "tus");
/** Suites of SQLite's disk, or of which request of two arrives first while records are in memory. */
const onSqlite = [
  "test/integration/uploads/full-disk.test.ts",
  "test/integration/tus/cut-connections.test.ts",
];

/** `name`: a value of TEST_COMBINATION (test/support/combination.ts). */
const combination = (name: string, include: readonly string[]) => ({
  extends: true as const,
  test: {
    name,
    include: process.env.CHECKS ? [] : [...include],
    exclude: [...onSqlite, ...absent],
    env: { TEST_COMBINATION: name },
  },
});

export default defineConfig({
  test: {
    globalSetup: ["test/support/bundle-sqlite-thread.ts", "test/support/postgres.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // CI lists the tests that passed only on retry (scripts/second-tries.mjs).
    retry: process.env.CI ? 1 : 0,
    typecheck: { enabled: false },
    projects: [
      { extends: true, test: { name: "sqlite-files", include, exclude: absent } },
      combination("postgresql-files", onPostgres),
      ...(process.env.VERSITYGW_PATH ? [combination("postgresql-s3", onS3)] : []),
    ],
  },
});
