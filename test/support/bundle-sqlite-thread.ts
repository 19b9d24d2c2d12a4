import { bundleSqliteThread } from "../../prisma/sqlite-thread.mjs";

/** For vitest's `globalSetup`: the tests run the SQLite thread of today's sources. */
export const setup = bundleSqliteThread;
