/**
 * `npm run bench:move [files]`: moves 10,000 finished uploads of 1 KiB from SQLite and files to
 * PostgreSQL, and to S3 where versitygw is found, and compares the views of all uploads before and
 * after. Prints seconds.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { openDatabase } from "../../src/adapters/prisma/open-database.ts";
import { type Environment, readEnvironment } from "../../src/env.ts";
import { moveFrom } from "../../src/server/move/move.ts";
import { applyMigrations } from "../../src/server/own-data.ts";
import { toUploadView } from "../../src/wire/upload-view.ts";
import { startPostgres } from "../support/embedded-postgres.ts";
import { s3Settings, startS3Server, versitygwPath } from "../support/s3-server.ts";
import { silentLog } from "../support/temp-database.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { uploadRecord } from "../support/upload-record.ts";

const FILES = Number(process.argv[2] ?? 10_000);
const USERS = 10;
const print = (line: string) => process.stdout.write(`${line}\n`);

function settings(dataDir: string, env: Record<string, string> = {}): Environment {
  return readEnvironment({
    ...{ DATA_DIR: dataDir, LOG_LEVEL: "silent", NEXTAUTH_SECRET: "the secret of this benchmark" },
    ...env,
  });
}

/** Writes files and records as finished uploads have them. */
async function seed(environment: Environment): Promise<void> {
  await mkdir(environment.dataDir, { recursive: true });
  await applyMigrations(environment, silentLog);
  const database = await openDatabase({ url: environment.databaseUrl, log: silentLog });
  const owners: string[] = [];
  for (let n = 0; n < USERS; n += 1)
    owners.push((await database.users.create({ ...person, email: `user${n}@example.com` })).id);
  for (let n = 0; n < FILES; n += 1) {
    const bytes = Buffer.alloc(1_024, String(n));
    const id = randomUUID();
    const storageKey = `chunked_uploads/${n % 50}/${id}`;
    const file = path.join(environment.dataDir, "media", `${storageKey}.done`);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
    const finished = { state: "complete", finished: true, completion: "done" } as const;
    await database.uploads.insert({
      ...uploadRecord({ id, storageKey, ...finished, ownerId: owners[n % USERS] ?? null }),
      ...{ filename: `file ${n}.bin`, size: bytes.length, offset: bytes.length },
      ...{ checksum: createHash("md5").update(bytes).digest("hex"), completedAt: new Date() },
    });
  }
  await database.close();
}

const person = { name: null, role: "user", passwordHash: null } as const;

/** A digest of the views of all uploads in order of their ids. */
async function viewsOf(url: string): Promise<string> {
  const database = await openDatabase({ url, log: silentLog });
  const hash = createHash("sha256");
  const extras = { publicUrl: "", now: new Date(0), prefix: null, data: null };
  for (let afterId: string | undefined, done = false; !done; ) {
    const page = await database.uploads.completed({ afterId, limit: 500 });
    for (const upload of page)
      hash.update(JSON.stringify([upload.ownerId, toUploadView(upload, extras)]));
    afterId = page.at(-1)?.id;
    done = page.length < 500;
  }
  await database.close();
  return hash.digest("hex");
}

async function measure(store: "s3" | null, env: Record<string, string>): Promise<void> {
  await using directory = await tempDirectory();
  const postgres = await startPostgres();
  try {
    const source = settings(directory.path, env);
    await seed(source);
    const before = await viewsOf(source.databaseUrl);
    const operator = {
      signal: new AbortController().signal,
      report: () => undefined,
      confirm: async () => false,
    };
    const start = performance.now();
    const ask = { to: postgres.url, store, dryRun: false, leaveDamaged: false };
    const facts = await moveFrom(source, ask, operator);
    const seconds = ((performance.now() - start) / 1_000).toFixed(1);
    const same = (await viewsOf(postgres.url)) === before;
    const where = store === null ? "PostgreSQL" : "PostgreSQL and S3";
    print(`${facts.moved} uploads to ${where}: ${seconds} s, the same views: ${same}`);
    if (!same || facts.moved !== FILES || facts.completed !== true) process.exitCode = 1;
  } finally {
    await postgres.stop();
  }
}

await measure(null, {});
if (versitygwPath() === null) print("versitygw was not found: S3 was left out.");
else {
  await using server = await startS3Server();
  await server.createBucket("move");
  const { CHUNKED_UPLOAD_STORAGE: _, ...env } = s3Settings(server, "move");
  await measure("s3", env);
}
