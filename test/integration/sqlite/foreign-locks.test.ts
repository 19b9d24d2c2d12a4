import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type SpawnedServer, spawnServer } from "../../support/spawn-server.ts";
import { type Acknowledged, type LockedServer, lockRound, lostFiles } from "./lock-round.ts";

/** `npm run test:locks` runs 50; each holds the lock for a random time of up to 8 s. */
const rounds = Number(process.env.LOCK_ROUNDS ?? 3);
const UPLOADS = 32;

/** Ends a test that hangs. On a busy machine, starting and stopping the server takes most of the time. */
const patient = { timeout: 180_000 };

async function lockedServer(): Promise<SpawnedServer & LockedServer> {
  // Every collection of V8 is a full one, also in the threads: an abandoned connection would be closed.
  const server = await spawnServer({ nodeArgs: ["--gc-global"] });
  return Object.assign(server, { token: await server.token() });
}

/** A clean stop leaves `database.db` alone; a start on it finds every acknowledged file. */
async function expectKeptOverRestart(
  server: SpawnedServer & LockedServer,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  await server.kill("SIGTERM");
  expect(existsSync(`${server.dataDir}/database.db-wal`)).toBe(false);
  await server.start();
  expect(await lostFiles(server, acknowledged)).toEqual([]);
}

describe("uploads while another process holds SQLite's write lock", () => {
  it.each([200, 3_000])("all succeed when it is held for %i ms", patient, async (holdMs) => {
    await using server = await lockedServer();
    const round = await lockRound(server, { holdMs, uploads: UPLOADS });
    expect(round.acknowledged.filter(({ refusals }) => refusals > 0)).toEqual([]);
    expect(round.missing).toEqual([]);
    expect([...round.health]).toEqual([200]);
    await expectKeptOverRestart(server, round.acknowledged);
  });

  it.concurrent.each([7_000, 20_000])(
    "are refused with Retry-After and succeed later when it is held for %i ms",
    patient,
    async (holdMs) => {
      await using server = await lockedServer();
      const round = await lockRound(server, { holdMs, uploads: UPLOADS });
      expect(round.acknowledged.some(({ refusals }) => refusals > 0)).toBe(true);
      expect(round.missing).toEqual([]);
      expect([...round.health]).toEqual([200]);
      await expectKeptOverRestart(server, round.acknowledged);
    },
  );

  it(`lose nothing in ${rounds} rounds of random length`, {
    timeout: 60_000 + 20_000 * rounds,
  }, async () => {
    await using server = await lockedServer();
    const acknowledged: Acknowledged[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const holdMs = Math.floor(Math.random() * (rounds > 5 ? 8_000 : 1_000));
      const result = await lockRound(server, { holdMs, uploads: UPLOADS });
      expect(result.missing).toEqual([]);
      expect([...result.health]).toEqual([200]);
      acknowledged.push(...result.acknowledged);
    }
    await expectKeptOverRestart(server, acknowledged);
    const refusals = acknowledged.reduce((sum, one) => sum + one.refusals, 0);
    process.stdout.write(
      `${rounds} rounds: ${acknowledged.length} uploads acknowledged, ${refusals} refused before, 0 lost\n`,
    );
  });
});
