import { describe, expect, it } from "vitest";
import type { Application } from "../../../src/server/application.ts";
import { chunkDoors } from "../../support/chunk-doors.ts";
import { type App, postgres, severalApps } from "../../support/several-apps.ts";
import { CHUNK, fileOf, md5 } from "../../support/upload-run.ts";

const size = 2 * CHUNK;
const file = fileOf(size) as Uint8Array<ArrayBuffer>;
const first = { start: 0, end: CHUNK };

/** Two instances, an upload, and the bearer token of its owner. */
async function scene() {
  const several = await severalApps();
  const [a, b] = several.apps as [App, App];
  const owner = await several.user();
  const { token } = await a.application.auth.tokens.create(owner, { name: "t" });
  const ask = { filename: "a", size, chunkSize: CHUNK };
  const { id } = await a.application.core.service.init(owner, ask);
  const headers = { authorization: `Bearer ${token}` };
  const send = ({ url }: App, start: number) =>
    chunkDoors.raw({ url, id, headers, bytes: file.slice(start, start + CHUNK), start, size });
  return {
    ...{ a, b, id, owner, token, send },
    [Symbol.asyncDispose]: () => several[Symbol.asyncDispose](),
  };
}

/** What a request does before its body: here the body does not come. */
async function open({ core, auth }: Application, ask: { id: string; token: string }) {
  const opening = core.service.opening({ id: ask.id, position: { ...first, total: size } });
  if (opening === null) throw new Error("Nothing is opened.");
  await auth.authenticate({ authorization: `Bearer ${ask.token}`, cookie: null }, opening);
  return opening;
}

describe.runIf(postgres !== null)("a claim of a body that has not come yet", () => {
  it.each(["a", "b"] as const)(
    "is given to a request that has come, on instance %s",
    async (where) => {
      await using world = await scene();
      const { a, id, token, owner } = world;
      const opening = await open(a.application, { id, token });
      expect(opening.upload?.id).toBe(id);
      expect((await world.send(world[where], 0)).status).toBe(200);
      expect(opening.take(first)).toBeNull();
      await opening.end();
      expect((await world.send(a, CHUNK)).status).toBe(200);
      const done = await a.application.core.service.complete(owner, { id, checksum: md5(file) });
      expect(done.checksum).toBe(md5(file));
    },
  );

  it("ends with the request", async () => {
    await using world = await scene();
    const { a, b, id, token } = world;
    const opening = await open(a.application, { id, token });
    await opening.end();
    expect(opening.take(first)).toBeNull();
    const other = await open(b.application, { id, token });
    expect(other.take(first)).toMatchObject({ isAlone: true, claim: { range: first } });
    await other.end();
  });

  it("does not keep an upload from being deleted", async () => {
    await using world = await scene();
    const { a, b, id, token, owner } = world;
    const opening = await open(a.application, { id, token });
    await b.application.core.service.remove(owner, id);
    expect(opening.take(first)).toBeNull();
    await opening.end();
    expect((await world.send(a, 0)).status).toBe(404);
  });
});
