import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { migrate } from "../../../src/adapters/prisma/migrate.ts";
import type { Upload } from "../../../src/core/upload.ts";
import { expectProblem } from "../../support/begin-upload.ts";
import { beginChunk, chunksOf, sendChunk, type Target } from "../../support/chunk-sender.ts";
import type { WholeAnswer } from "../../support/http-client.ts";
import { freshPostgres, postgresUrl } from "../../support/postgres.ts";
import { chance, randomFile, runSeed } from "../../support/random-file.ts";
import { prismaDirectory, silentLog } from "../../support/temp-database.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { anybody, CHUNK, type Instance, openInstance } from "./instances.ts";

const file = randomFile(8 * CHUNK);

/** Two instances over one PostgreSQL, and an upload that both can reach. */
async function twoInstances(admin: string) {
  const database = await freshPostgres(admin);
  const directory = await tempDirectory();
  await migrate({ url: database.url, directory: prismaDirectory, log: silentLog });
  const ask = { url: database.url, root: directory.path };
  const first = await openInstance(ask);
  const second = await openInstance(ask);
  const upload = await first.core.service.init(anybody, {
    filename: file.name,
    size: file.size,
    chunkSize: CHUNK,
  });
  const at = ({ url }: Instance): Target => ({
    url: `${url}/api/uploads/${upload.id}`,
    headers: {},
  });
  return {
    first,
    second,
    upload,
    targets: [at(first), at(second)] as const,
    status: (): Promise<Upload> => second.core.service.status(anybody, upload.id),
    async [Symbol.asyncDispose]() {
      for (const part of [second, first, directory, database]) await part[Symbol.asyncDispose]();
    },
  };
}

type World = Awaited<ReturnType<typeof twoInstances>>;

async function completeAndCompare({ first, second, upload }: World): Promise<void> {
  const done = await second.core.service.complete(anybody, {
    id: upload.id,
    checksum: file.digest(),
  });
  expect(done).toMatchObject({ state: "complete", offset: file.size });
  const { read } = await first.core.service.open(anybody, upload.id);
  const hash = createHash("md5");
  for await (const bytes of read({ start: 0, end: file.size })) hash.update(bytes);
  expect(hash.digest("hex")).toBe(file.digest());
}

function expectFairRace(answers: readonly WholeAnswer[]): void {
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status !== 200 && status !== 423)).toEqual([]);
  expect(statuses).toContain(200);
}

const admin = await postgresUrl();

describe("two instances that share records and files, kept apart by claims alone", () => {
  if (admin === null) {
    it("need a PostgreSQL, and none could be started here", () => {});
    return;
  }

  it("race for one chunk: it counts once, with the right bytes", async () => {
    await using world = await twoInstances(admin);
    for (const { start, end } of chunksOf(file, CHUNK)) {
      const race = Array.from({ length: 8 }, (_, index) =>
        sendChunk(world.targets[index % 2] ?? world.targets[0], file, { start, end }),
      );
      expectFairRace(await Promise.all(race));
      expect(await world.status()).toMatchObject({ offset: end, beyond: [] });
    }
    await completeAndCompare(world);
  });

  it("overtake each other's stalled writers", async () => {
    await using world = await twoInstances(admin);
    for (const [index, target] of world.targets.entries()) {
      const chunk = { start: index * CHUNK, end: (index + 1) * CHUNK };
      const stalled = await beginChunk(target, file, { ...chunk, bytes: CHUNK / 2 });
      const other = world.targets[1 - index] ?? target;
      expect((await sendChunk(other, file, chunk)).status).toBe(200);
      expectProblem(await stalled.answer, 423, { code: "BUSY" });
      expect(await world.status()).toMatchObject({ offset: chunk.end });
    }
    for (const chunk of chunksOf(file, CHUNK)) await sendChunk(world.targets[0], file, chunk);
    await completeAndCompare(world);
  });

  it("take parallel chunks in any order, and leave each other's lanes alone", async () => {
    const seed = runSeed();
    await using world = await twoInstances(admin);
    const stalled = await beginChunk(world.targets[0], file, {
      ...{ start: 7 * CHUNK, end: 8 * CHUNK },
      bytes: 100,
    });
    const rest = chance(seed).shuffle(chunksOf(file, CHUNK).slice(0, 7));
    const answers = await Promise.all(
      rest.map((chunk, index) => {
        const target = world.targets[index % 2] ?? world.targets[0];
        return sendChunk(target, file, chunk);
      }),
    );
    expect(
      answers.map(({ status }) => status),
      `seed ${seed}`,
    ).toEqual(rest.map(() => 200));
    expect((await stalled.finish()).status).toBe(200);
    await completeAndCompare(world);
  });

  it("stop each other's writers when the upload is deleted", async () => {
    await using world = await twoInstances(admin);
    const stalled = await beginChunk(world.targets[0], file, {
      ...{ start: 0, end: CHUNK },
      bytes: 100,
    });
    await world.second.core.service.remove(anybody, world.upload.id);
    const answer = await stalled.answer;
    expect([404, 423]).toContain(answer.status);
    await expect(world.status()).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
