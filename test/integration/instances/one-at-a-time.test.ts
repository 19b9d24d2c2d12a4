import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../src/adapters/memory/memory-store.ts";
import type { UserPrincipal } from "../../../src/core/principal.ts";
import { arriving } from "../../support/memory-core.ts";
import { type App, postgres, severalApps } from "../../support/several-apps.ts";
import { CHUNK, fileOf, md5 } from "../../support/upload-run.ts";

const file = fileOf(4 * CHUNK);

function put({ application }: App, ask: { owner: UserPrincipal; id: string; chunk: number }) {
  const [start, end] = [ask.chunk * CHUNK, (ask.chunk + 1) * CHUNK];
  return application.core.service.append(ask.owner, {
    ...{ id: ask.id, position: { start, end, total: file.length }, contentLength: CHUNK },
    body: arriving(file.subarray(start, end)),
    signal: new AbortController().signal,
  });
}

/** A promise, and the function that resolves it. */
function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => (give = resolve));
  return { given, give };
}

describe.runIf(postgres !== null)("what one instance does at a time", () => {
  it("a start leaves alone the file that a live instance is finishing", async () => {
    const memory = createMemoryStore();
    const [begun, goOn] = [signal(), signal()];
    let finishes = 0;
    await using several = await severalApps({
      count: 1,
      store: {
        ...memory,
        async finish(upload) {
          finishes += 1;
          begun.give();
          await goOn.given;
          return memory.finish(upload);
        },
      },
    });
    const [a] = several.apps as [App];
    const owner = await several.user();
    const ask = { filename: "a", size: file.length, chunkSize: CHUNK };
    const { id } = await a.application.core.service.init(owner, ask);
    for (let chunk = 0; chunk < 4; chunk += 1) await put(a, { owner, id, chunk });
    const completing = a.application.core.service.complete(owner, { id, checksum: md5(file) });
    await begun.given;
    const b = await several.start();
    expect(finishes).toBe(1);
    goOn.give();
    expect((await completing).finished).toBe(true);
    expect(await b.application.core.service.status(owner, id)).toMatchObject({ finished: true });
    expect(finishes).toBe(1);
  });

  it("bytes are read back for the digest by one instance only", async () => {
    const memory = createMemoryStore();
    let read = 0;
    const goOn = signal();
    await using several = await severalApps({
      store: {
        ...memory,
        async *read(upload, range) {
          await goOn.given;
          for await (const bytes of memory.read(upload, range)) {
            read += bytes.length;
            yield bytes;
          }
        },
      },
    });
    const [a, b] = several.apps as [App, App];
    const owner = await several.user();
    const ask = { filename: "a", size: file.length, chunkSize: CHUNK };
    const { id } = await a.application.core.service.init(owner, ask);
    for (const chunk of [3, 2, 1, 0]) await put(chunk % 2 ? a : b, { owner, id, chunk });
    // Chunks sent again have both instances look whether the digest is behind.
    for (const app of [a, b, a, b]) await put(app, { owner, id, chunk: 2 });
    goOn.give();
    const done = await b.application.core.service.complete(owner, { id, checksum: md5(file) });
    expect(done.checksum).toBe(md5(file));
    expect(read).toBe(3 * CHUNK);
  });
});
