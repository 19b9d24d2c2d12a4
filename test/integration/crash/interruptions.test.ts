import { describe, expect, it } from "vitest";
import { type BegunUpload, beginUpload, expectWhole } from "../../support/begin-upload.ts";
import { OpenChunk } from "../../support/chunk-sender.ts";
import { type Chance, chance, randomFile, runSeed } from "../../support/random-file.ts";
import { type SpawnedServer, spawnServer } from "../../support/spawn-server.ts";
import { tokenOf } from "./kill-nine.ts";

const MIB = 2 ** 20;
const CHUNK = 2 * MIB;
const INTERRUPTIONS = 10;

async function begin(server: SpawnedServer, size: number, seed: number): Promise<BegunUpload> {
  const headers = { authorization: `Bearer ${await tokenOf(server)}` };
  const file = randomFile(size, seed);
  return beginUpload({ url: server.url, headers, file, init: { chunkSize: CHUNK } });
}

/** Sends chunk after chunk until `budget` bytes have left, then breaks off in the middle of one. */
async function sendSome(upload: BegunUpload, from: number, budget: number) {
  let [at, left] = [from, budget];
  for (;;) {
    const end = Math.min(at + CHUNK, upload.file.size);
    const chunk = new OpenChunk(upload.target, upload.file, { start: at, end });
    if (left < end - at) {
      await chunk.send(left);
      return { sent: budget, chunk };
    }
    const answer = await chunk.finish();
    expect(answer.status).toBe(200);
    left -= end - at;
    at = end;
  }
}

async function breakOff(server: SpawnedServer, chunk: OpenChunk, chance: Chance): Promise<string> {
  const how = chance.next() < 0.5 ? "line cut" : "server killed";
  if (how === "line cut") {
    chunk.cut();
    return how;
  }
  await server.kill("SIGKILL");
  await chunk.answer.catch(() => undefined);
  await server.start();
  return how;
}

describe("a file that is interrupted ten times at random", () => {
  it("completes, and no interruption costs more than one chunk", { timeout: 180_000 }, async () => {
    const seed = runSeed();
    const dice = chance(seed);
    await using server = await spawnServer();
    const upload = await begin(server, 64 * MIB, seed);
    const costs: number[] = [];
    const hows: string[] = [];
    let offset = 0;
    for (let index = 0; index < INTERRUPTIONS; index += 1) {
      const budget = dice.int(1, 5 * MIB);
      const { sent, chunk } = await sendSome(upload, offset, budget);
      hows.push(await breakOff(server, chunk, dice));
      const next = (await upload.status()).offset;
      costs.push(offset + sent - next);
      offset = next;
    }
    while (offset < upload.file.size) {
      const end = Math.min(offset + CHUNK, upload.file.size);
      expect((await upload.send({ start: offset, end })).status).toBe(200);
      offset = end;
    }
    expect(await upload.complete()).toMatchObject({ checksum: upload.file.digest() });
    await expectWhole(upload);
    const story = `seed ${seed}: ${hows.map((how, index) => `${how} (${costs[index]})`).join(", ")}`;
    expect(Math.max(...costs), story).toBeLessThanOrEqual(CHUNK);
  });
});
