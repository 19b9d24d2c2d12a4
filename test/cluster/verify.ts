import { createHash } from "node:crypto";
import { readdir, utimes } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Bucket } from "../../src/adapters/s3/bucket.ts";
import { send } from "../support/http-client.ts";
import { runSql } from "../support/run-sql.ts";
import type { Cluster } from "./cluster.ts";
import { Violation } from "./history.ts";
import { mustBe, persist, type Sending } from "./persist.ts";

/** Downloads a complete upload and compares its bytes with those that were sent. */
export async function verifyDownload(sending: Sending, id: string): Promise<void> {
  const { origin, token, file } = sending;
  const headers = { authorization: `Bearer ${token}` };
  const answer = await persist(sending, "download", () =>
    send(`${origin}/api/uploads/${id}/file`, { headers }),
  );
  mustBe(200, "download", answer);
  const checksum = createHash("md5").update(answer.body).digest("hex");
  if (answer.body.length !== file.size || checksum !== file.digest())
    throw new Violation(`download: ${answer.body.length} of ${file.size} bytes, MD5 ${checksum}`);
}

const SWEEPS = 5;
const LEASE_MS = 6_000;
const LONG_AGO = new Date(Date.now() - 10 * 86_400_000);
/** Objects of the store itself. */
const own = new Set(["store-id", "probe"]);

/** What is left in the bucket and in the database. */
export interface Leftovers {
  readonly complete: number;
  /** Removed because they expired. */
  readonly abandoned: number;
  readonly objects: number;
}

/**
 * Lets everything unfinished expire, sweeps, and throws a `Violation` unless the bucket holds exactly
 * the files of complete uploads.
 */
export async function verifyNothingUnowned(cluster: Cluster): Promise<Leftovers> {
  const unfinished = `state <> 'complete'`;
  const before = await count(cluster, unfinished);
  const expired = `now() at time zone 'utc' - interval '10 days'`;
  const sql = `UPDATE "ChunkedUpload" SET "expiresAt" = ${expired} WHERE ${unfinished}`;
  await runSql(cluster.databaseUrl, sql);
  await sweepUntil(cluster, async () => (await count(cluster, unfinished)) === 0);
  const left = await count(cluster, unfinished);
  if (left > 0) throw new Violation(`${left} expired uploads are still recorded after the sweep`);
  const objects = await compareBucket(cluster);
  return { complete: await count(cluster, "true"), abandoned: before, objects };
}

/** Claims of killed instances run out first: an upload with one is left to a later sweep. */
async function sweepUntil(cluster: Cluster, done: () => Promise<boolean>): Promise<void> {
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    await makeOld(cluster.bucket);
    const { code, stderr } = await cluster.instances[0].cli(["sweep", "--json"]);
    if (code !== 0) throw new Violation(`sweep ended with ${code}: ${stderr}`);
    if (await done()) return;
    await sleep(LEASE_MS);
  }
}

async function compareBucket(cluster: Cluster): Promise<number> {
  const rows = await runSql(
    cluster.databaseUrl,
    `SELECT "storageKey" FROM "ChunkedUpload" WHERE state = 'complete'`,
  );
  const owned = new Set(rows.map(({ storageKey }) => String(storageKey)));
  const { endpoint, accessKeyId, secretAccessKey } = cluster.s3;
  const bucket = new Bucket({
    ...{ bucket: cluster.bucketName, region: "us-east-1", endpoint, prefix: "" },
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
  const held: string[] = [];
  for await (const { key } of bucket.list()) if (!own.has(key)) held.push(key);
  const multiparts: string[] = [];
  for await (const { key, id } of bucket.multipart.list()) multiparts.push(`${key} ${id}`);
  bucket.close();
  const unowned = held.filter((key) => !owned.has(key));
  const lost = [...owned].filter((key) => !held.includes(key));
  if (unowned.length + lost.length + multiparts.length > 0) {
    const facts = JSON.stringify({ unowned, lost, multiparts }, null, 1);
    throw new Violation(`the bucket does not hold what the records name: ${facts}`);
  }
  return held.length;
}

async function count({ databaseUrl }: Cluster, where: string): Promise<number> {
  const sql = `SELECT count(*)::int AS count FROM "ChunkedUpload" WHERE ${where}`;
  return Number((await runSql(databaseUrl, sql))[0]?.count);
}

/** The sweep removes unowned objects only when they are older than any upload that may begin. */
async function makeOld(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries)
    await utimes(path.join(entry.parentPath, entry.name), LONG_AGO, LONG_AGO);
}
