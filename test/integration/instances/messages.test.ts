import { describe, expect, it } from "vitest";
import type { UploadEvent } from "../../../src/core/ports/events.ts";
import type { UserPrincipal } from "../../../src/core/principal.ts";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import type { Upload } from "../../../src/core/upload.ts";
import { stallingBody } from "../../support/instance.ts";
import { arriving } from "../../support/memory-core.ts";
import { type App, postgres, type SeveralApps, severalApps } from "../../support/several-apps.ts";
import { CHUNK, codeOf, fileOf, md5 } from "../../support/upload-run.ts";

const file = fileOf(2 * CHUNK);
const profiles = defineProfiles({ default: profile({ onComplete: async () => "done" }) });

async function twoInstances() {
  const several: SeveralApps = await severalApps({ profiles });
  const [a, b] = several.apps as [App, App];
  const owner = await several.user();
  const ask = { filename: "a", size: file.length, chunkSize: CHUNK };
  const upload = await a.application.core.service.init(owner, ask);
  return { ...several, a, b, owner, upload };
}

interface Part {
  readonly owner: UserPrincipal;
  readonly upload: Upload;
  readonly start: number;
  readonly end?: number;
  readonly body?: AsyncIterable<Uint8Array>;
}

function put({ application }: App, { owner, upload, start, end = file.length, body }: Part) {
  return application.core.service.append(owner, {
    ...{ id: upload.id, position: { start, end, total: file.length }, contentLength: end - start },
    body: body ?? arriving(file.subarray(start, end)),
    signal: new AbortController().signal,
  });
}

/** Collects the events of the owner's uploads that an instance tells. */
function watching({ application }: App, owner: UserPrincipal) {
  const over = new AbortController();
  const events: UploadEvent[] = [];
  const ended = (async () => {
    const { signal } = over;
    for await (const event of application.core.service.watch(owner, { signal })) events.push(event);
  })();
  return { events, ended, end: () => over.abort(), types: () => events.map(({ type }) => type) };
}

describe.runIf(postgres !== null)("between instances", () => {
  it("events reach the watchers of every instance", async () => {
    await using world = await twoInstances();
    const { a, b, owner, upload } = world;
    const watched = watching(b, owner);
    await put(a, { owner, upload, start: 0 });
    await expect.poll(() => watched.types().slice(-1)).toEqual(["progress"]);
    await a.application.core.service.complete(owner, { id: upload.id, checksum: md5(file) });
    await expect.poll(() => watched.types().slice(-2)).toEqual(["completed", "delivered"]);
    expect(watched.events.at(-1)?.upload).toMatchObject({ completion: "done", ownerId: owner.id });
    const other = await a.application.core.service.init(owner, { filename: "b", size: 5 });
    await a.application.core.service.remove(owner, other.id);
    await expect.poll(() => watched.types().slice(-1)).toEqual(["deleted"]);
    expect(watched.events.at(-1)?.upload).toMatchObject({ id: other.id, ownerId: owner.id });
    watched.end();
    await watched.ended;
  });

  it("a question for the offset has a writer elsewhere commit what it received", async () => {
    await using world = await twoInstances();
    const { a, b, owner, upload } = world;
    const stalled = stallingBody(file, 1_000);
    const writing = put(a, { owner, upload, start: 0, body: stalled.body });
    await stalled.hasStalled;
    expect((await b.application.core.service.status(owner, upload.id)).offset).toBe(1_000);
    stalled.goOn();
    expect((await writing).offset).toBe(file.length);
  });

  it("a newer request has the older writer elsewhere commit what it received, and goes on there", async () => {
    await using world = await twoInstances();
    const { a, b, owner, upload } = world;
    const stalled = stallingBody(file, 1_000);
    const older = put(a, { owner, upload, start: 0, body: stalled.body }).catch(codeOf);
    await stalled.hasStalled;
    const broken = arriving(file, { cutAfter: 500, step: 100 });
    await put(b, { owner, upload, start: 0, body: broken }).catch(codeOf);
    expect(await older).toBe("BUSY");
    expect((await b.application.core.service.status(owner, upload.id)).offset).toBe(1_000);
    stalled.goOn();
    expect((await put(a, { owner, upload, start: 1_000 })).offset).toBe(file.length);
  });

  it("completing and deleting end the writers elsewhere first", async () => {
    await using world = await twoInstances();
    const { a, b, owner, upload } = world;
    await put(a, { owner, upload, start: 0 });
    const doubled = stallingBody(file, 1_000);
    const again = put(a, { owner, upload, start: 0, body: doubled.body }).catch(codeOf);
    await doubled.hasStalled;
    const done = await b.application.core.service.complete(owner, {
      ...{ id: upload.id, checksum: md5(file) },
    });
    expect(done.finished).toBe(true);
    doubled.goOn();
    await again;
    const other = await a.application.core.service.init(owner, {
      filename: "b",
      size: file.length,
    });
    const stalled = stallingBody(file, 1_000);
    const writer = put(a, { owner, upload: other, start: 0, body: stalled.body }).catch(codeOf);
    await stalled.hasStalled;
    await b.application.core.service.remove(owner, other.id);
    expect(await writer).toBe("NOT_FOUND");
    stalled.goOn();
  });

  it("an onComplete is delivered once, whichever instances are asked", async () => {
    let runs = 0;
    const counting = defineProfiles({ default: profile({ onComplete: async () => ++runs }) });
    await using several = await severalApps({ profiles: counting });
    const owner = await several.user();
    const [a, b] = several.apps as [App, App];
    const upload = await a.application.core.service.init(owner, {
      filename: "a",
      size: file.length,
    });
    await put(a, { owner, upload, start: 0 });
    const ask = { id: upload.id, checksum: md5(file) };
    const complete = (app: App) => app.application.core.service.complete(owner, ask);
    await Promise.all([complete(a), complete(b), complete(a), complete(b)]);
    expect(runs).toBe(1);
  });
});
