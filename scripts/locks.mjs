// `npm run test:locks`: 50 rounds in which another process holds SQLite's write lock for a random time
// while 32 files are uploaded. Every acknowledged upload must exist, also after a restart.
import { buildIfStale, generate, requireNode, root, run } from "./project.mjs";

const [rounds = "50"] = process.argv.slice(2);

requireNode();
process.chdir(root);
await generate();
await buildIfStale();
process.exitCode = await run(
  "node_modules/vitest/vitest.mjs",
  ["run", "test/integration/sqlite/foreign-locks.test.ts", "-t", "random length"],
  { env: { LOCK_ROUNDS: rounds } },
);
