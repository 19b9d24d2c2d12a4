import { defineConfig } from "vitest/config";

process.env.TZ = "Asia/Kathmandu";

export default defineConfig({
  test: {
    // Checks that need the registry have their own commands (scripts/check-vite.mjs).
    include: [process.env.CHECKS ?? "test/**/*.test.{ts,tsx}"],
    globalSetup: ["test/support/bundle-sqlite-thread.ts", "test/support/postgres.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // CI lists the tests that passed only on retry (scripts/second-tries.mjs).
    retry: process.env.CI ? 1 : 0,
    typecheck: { enabled: false },
  },
});
