import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../src/adapters/memory/memory-store.ts";
import { UploadError } from "../../../src/core/errors.ts";
import type { ChunkStore } from "../../../src/core/ports/chunk-store.ts";
import type { Upload } from "../../../src/core/upload.ts";
import type { UploadCore } from "../../../src/core/upload-service.ts";
import { instance, nobody } from "../../support/instance.ts";
import { arriving } from "../../support/memory-core.ts";
import { onPostgres } from "../../support/on-postgres.ts";
import { type MakeDatabase, sqliteDatabase } from "../../support/temp-database.ts";
import { CHUNK, codeOf, fileOf, md5 } from "../../support/upload-run.ts";

const file = fileOf(6 * CHUNK);

async function partial(core: UploadCore, at: number): Promise<string> {
  const ask = { filename: "part", size: 2 * CHUNK, origin: "tus", concat: "partial" } as const;
  const { id } = await core.service.init(nobody, ask);
  await core.service.append(nobody, {
    ...{ id, position: { start: 0, end: 2 * CHUNK, total: undefined }, contentLength: 2 * CHUNK },
    body: arriving(file.subarray(at * CHUNK, (at + 2) * CHUNK)),
    ...{ byOffset: true, sequential: true, completeWhenFull: true },
    signal: new AbortController().signal,
  });
  return id;
}

function join(core: UploadCore, parts: readonly string[]): Promise<Upload> {
  const uploadConcat = `final;${parts.join(" ")}`;
  return core.service.concatenate(nobody, { filename: "whole", parts, uploadConcat });
}

/** The store gives two blocks of partials, and then stands still until it is let go on or fails. */
function halting(store: ChunkStore): { store: ChunkStore; halted: Promise<void>; fail(): void } {
  let left = 2;
  let halt = () => {};
  let fail: (error: unknown) => void = () => {};
  const halted = new Promise<void>((resolve) => (halt = resolve));
  const failure = new Promise<never>((_, reject) => (fail = reject));
  failure.catch(() => {});
  return {
    halted,
    fail: () => fail(new UploadError("UNAVAILABLE")),
    store: {
      ...store,
      async *read(upload, range) {
        for await (const bytes of store.read(upload, range)) {
          if (left === 0) halt();
          if (left-- <= 0) await failure;
          yield bytes;
        }
      },
    },
  };
}

function severalInstances(makeDatabase: MakeDatabase): void {
  describe("a final, on several instances", () => {
    it("is one, whichever of them is asked", async () => {
      await using database = await makeDatabase();
      const store = createMemoryStore();
      const [a, b] = [instance({ database, store }), instance({ database, store })];
      const parts = [await partial(a, 0), await partial(b, 2), await partial(a, 4)];
      const finals = await Promise.all([join(a, parts), join(b, parts), join(a, parts)]);
      expect(new Set(finals.map(({ id }) => id)).size).toBe(1);
      const [final] = finals;
      const done = () => b.service.status(nobody, final?.id ?? "");
      await expect.poll(async () => (await done()).state, { timeout: 10_000 }).toBe("complete");
      expect((await done()).checksum).toBe(md5(file));
    });

    it("is finished by another one where the first gave up", async () => {
      await using database = await makeDatabase();
      const memory = createMemoryStore();
      const slow = halting(memory);
      const a = instance({ database, store: slow.store });
      const b = instance({ database, store: memory });
      const parts = [await partial(a, 0), await partial(b, 2), await partial(a, 4)];
      const first = join(a, parts).then(({ id }) => id, codeOf);
      await slow.halted;
      const second = join(b, parts);
      slow.fail();
      expect((await second).state).toBe("complete");
      // The first gets an error, unless the second finished before it checked.
      expect(["UNAVAILABLE", (await second).id]).toContain(await first);
      expect((await second).checksum).toBe(md5(file));
    });
  });
}

severalInstances(sqliteDatabase);
await onPostgres(severalInstances);
