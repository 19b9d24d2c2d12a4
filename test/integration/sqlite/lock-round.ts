import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { send } from "../../support/http-client.ts";
import { secondProcess } from "../../support/second-process.ts";

/** A server over a SQLite file. */
export interface LockedServer {
  readonly url: string;
  readonly dataDir: string;
  readonly token: string;
}

/** An upload that the server acknowledged as complete. */
export interface Acknowledged {
  readonly id: string;
  readonly bytes: Buffer;
  /** How often the server responded 503 with Retry-After before. */
  readonly refusals: number;
}

export interface LockRound {
  readonly acknowledged: readonly Acknowledged[];
  /** Ids that were acknowledged, and that a second process does not see as complete. */
  readonly missing: readonly string[];
  /** Statuses of /api/health, requested all the time. */
  readonly health: ReadonlySet<number>;
}

/** Holds the write lock in another process for `holdMs` while so many files are uploaded. */
export async function lockRound(
  server: LockedServer,
  { holdMs, uploads }: { holdMs: number; uploads: number },
): Promise<LockRound> {
  await using other = await secondProcess(`${server.dataDir}/database.db`);
  await take(() => other.run("BEGIN IMMEDIATE"));
  const released = sleep(holdMs).then(() => other.run("COMMIT"));
  const health = watchHealth(server.url);
  const acknowledged = await Promise.all(
    Array.from({ length: uploads }, () => uploadUntilAcknowledged(server)),
  );
  await released;
  const rows = await other.run(`SELECT "id" FROM "ChunkedUpload" WHERE "state" = 'complete'`);
  const seen = new Set(rows.map(({ id }) => id));
  const missing = acknowledged.map(({ id }) => id).filter((id) => !seen.has(id));
  return { acknowledged, missing, health: await health.stop() };
}

/** Ids of acknowledged uploads that the server no longer returns with the bytes that were sent. */
export async function lostFiles(
  server: LockedServer,
  acknowledged: readonly Acknowledged[],
): Promise<string[]> {
  const lost: string[] = [];
  for (const { id, bytes } of acknowledged) {
    const file = await send(`${server.url}/api/uploads/${id}/file`, { headers: bearer(server) });
    if (file.status !== 200 || !file.body.equals(bytes)) lost.push(id);
  }
  return lost;
}

/** One request with the whole file; after a 503 it waits as told, and sends it again. */
async function uploadUntilAcknowledged(server: LockedServer): Promise<Acknowledged> {
  const bytes = randomBytes(2_000 + Math.floor(Math.random() * 60_000));
  for (let refusals = 0; ; refusals += 1) {
    const response = await send(`${server.url}/api/tus`, {
      method: "POST",
      headers: {
        ...bearer(server),
        "tus-resumable": "1.0.0",
        "upload-length": String(bytes.length),
        "content-type": "application/offset+octet-stream",
        "content-length": String(bytes.length),
      },
      body: bytes,
    });
    if (response.status === 201 && response.headers["upload-offset"] === String(bytes.length)) {
      return { id: response.headers.location?.split("/").pop() ?? "", bytes, refusals };
    }
    const seconds = Number(response.headers["retry-after"]);
    if (response.status !== 503 || !(seconds > 0)) {
      throw new Error(`${response.status} ${JSON.stringify(response.headers)} ${response.body}`);
    }
    await sleep(seconds * 1_000);
  }
}

function bearer({ token }: LockedServer): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** Repeats `work` until no other connection holds the lock. */
async function take(work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!String(error).includes("locked")) throw error;
      await sleep(5);
    }
  }
}

function watchHealth(url: string): { stop(): Promise<ReadonlySet<number>> } {
  const statuses = new Set<number>();
  let watching = true;
  const watch = async () => {
    while (watching) {
      statuses.add((await send(`${url}/api/health`)).status);
      await sleep(50);
    }
  };
  const watched = watch();
  return {
    async stop() {
      watching = false;
      await watched;
      return statuses;
    },
  };
}
