import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { DrfClient, said } from "../../support/drf-client.ts";
import { formOf } from "../../support/form-sender.ts";
import type { WholeAnswer } from "../../support/http-client.ts";
import { runSeed } from "../../support/random-file.ts";
import { type OriginalServer, startOriginal } from "./original-server.ts";
import { SideBySide } from "./side-by-side.ts";

// `npm test` leaves this file out, and says so, where Python has no drf-chunked-upload.

const LIMIT = 1_000;
const nobodysId = "11111111-2222-4333-8444-555555555555";
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");
const abc = Buffer.from("abc");
const abcdef = Buffer.from("abcdef");
const sum = md5(abcdef);

type Service = Awaited<ReturnType<typeof bootApp>>;
let service: Service;
let original: OriginalServer;
let ours: DrfClient;
beforeAll(async () => {
  [service, original] = await Promise.all([
    bootApp({ env: { CHUNKED_UPLOAD_MAX_BYTES: String(LIMIT) } }),
    startOriginal(LIMIT),
  ]);
  ours = DrfClient.by(service.url, await service.token());
});
afterAll(async () => {
  await service?.[Symbol.asyncDispose]();
  await original?.[Symbol.asyncDispose]();
});

/** What a client makes of an answer. */
function heard(answer: WholeAnswer) {
  if (answer.status === 404) return { http: 404 };
  const { detail, offset, status, filename, expected_offset, provided_offset, ...rest } =
    said(answer);
  const isDone = typeof rest.completed_at === "string";
  return {
    http: answer.status,
    detail,
    offset,
    status,
    filename,
    expected_offset,
    provided_offset,
    isDone,
  };
}

type Ask = (drf: DrfClient) => Promise<WholeAnswer>;

/** The same requests to both. */
async function both(ask: Ask): Promise<{ theirs: WholeAnswer; mine: WholeAnswer }> {
  const [theirs, mine] = await Promise.all([ask(original.drf), ask(ours)]);
  return { theirs, mine };
}

async function expectSame(ask: Ask, what: string): Promise<void> {
  const { theirs, mine } = await both(ask);
  expect(heard(mine), what).toEqual(heard(theirs));
}

/** The URL of a new upload of `abcdef` that holds its first `held` bytes. */
async function begun(drf: DrfClient, held = 3): Promise<string> {
  return said(await drf.put({ bytes: abcdef.subarray(0, held), total: 6 })).url;
}

async function completed(drf: DrfClient): Promise<string> {
  const url = await begun(drf, 6);
  expect((await drf.complete(url, { md5: sum })).status).toBe(200);
  return url;
}

describe("beside drf-chunked-upload itself", () => {
  it("a first chunk is taken and refused alike, whatever Content-Range says", async () => {
    const ranges = [
      ...["bytes 0-2/6", "bytes 0-2/3", "bytes 00-02/06", `bytes 0-2/${LIMIT}`],
      ...["", "bytes  0-2/6", "bytes=0-2/6", "bytes 0-2/*", "bytes */6", "bytes 0-2", "x"],
      ...["bytes 0-7/6", "bytes 0-1/6", "bytes 0-3/6", "bytes 2-0/6"],
      ...[`bytes 0-2/${LIMIT + 1}`, `bytes 0-2/${"9".repeat(30)}`, `bytes 0-${LIMIT}/${LIMIT + 9}`],
    ];
    for (const range of ranges) {
      await expectSame((drf) => drf.put({ bytes: abc, range }), range);
      const none = { bytes: abc, range, field: "other" };
      await expectSame((drf) => drf.put(none), `${range}, no chunk`);
      await expectSame(
        (drf) => drf.put({ bytes: abc, range }, drf.urlOf(nobodysId)),
        `${range}, unknown id`,
      );
    }
    await expectSame((drf) => drf.put({ bytes: abc, range: null }), "no range");
  });

  it("chunks, checksums and looks of any order are answered alike", async () => {
    const seed = runSeed();
    const walk = new SideBySide({ theirs: original.drf, mine: ours, seed });
    for (let step = 0; step < 250; step += 1) {
      const { what, theirs, mine } = await walk.step();
      expect(heard(mine), `seed ${seed}, step ${step}: ${what}`).toEqual(heard(theirs));
    }
    expect(walk.completed).toBeGreaterThan(0);
  });

  it("a whole file is taken and refused alike", async () => {
    const large = Buffer.alloc(LIMIT + 1);
    const fields = { filename: "whole" };
    for (const [bytes, more] of [
      [abcdef, { md5: sum }],
      [abcdef, { md5: "0" }],
      [abcdef, {}],
      [large, { md5: md5(large) }],
      [large, {}],
    ] as const) {
      const before = { bytes, fields: { ...fields, ...more } };
      await expectSame((drf) => drf.whole(before), `${bytes.length} ${JSON.stringify(more)}`);
      await expectSame((drf) => drf.whole({ bytes, fields, later: more }), "checksum behind");
    }
    const astray = { "content-range": "bytes 3-5/77" };
    const chunk = { bytes: abcdef, fields: { ...fields, md5: sum }, headers: astray };
    await expectSame((drf) => drf.whole(chunk), "with a range");
    await expectSame((drf) => drf.whole({ bytes: abc, field: "other" }), "no file");
  });

  it("refuses unknown uploads and requests without credentials in the same way", async () => {
    await expectSame((drf) => drf.ask("GET", drf.urlOf(nobodysId)), "GET");
    await expectSame((drf) => drf.complete(drf.urlOf(nobodysId), {}), "no checksum");
    await expectSame((drf) => drf.complete(drf.urlOf(nobodysId), { md5: "0" }), "checksum");
    const nobody = (drf: DrfClient) => drf.ask("GET", drf.at, { headers: { authorization: "" } });
    await expectSame(nobody, "nobody");
    await expectSame((drf) => drf.ask("PATCH", drf.at).then(noWords), "method");
  });

  /** Each row stands in the guide to moving: what the original answers, what we do. */
  it.each<[what: string, statuses: readonly [theirs: number, mine: number], ask: Ask]>([
    [
      "a first chunk that is none",
      [200, 400],
      (drf) => drf.put({ bytes: abc, start: 3, total: 6 }),
    ],
    ["END that is not below TOTAL", [200, 400], (drf) => drf.put({ bytes: abc, total: 2 })],
    [
      "another total",
      [200, 400],
      async (drf) => drf.put({ bytes: abc, start: 3, total: 7 }, await begun(drf)),
    ],
    [
      "the checksum of a half",
      [200, 400],
      async (drf) => drf.complete(await begun(drf), { md5: md5(abc) }),
    ],
    [
      "a checksum again",
      [400, 200],
      async (drf) => drf.complete(await completed(drf), { md5: sum }),
    ],
    [
      "a checksum in capitals",
      [400, 200],
      async (drf) => drf.complete(await begun(drf, 6), { md5: sum.toUpperCase() }),
    ],
    ["an empty file", [400, 200], (drf) => drf.whole(emptyFile)],
    ["no filename", [400, 200], (drf) => drf.put({ bytes: abc, total: 6, fields: {} })],
    [
      "a filename of 256 characters",
      [400, 200],
      (drf) => drf.put({ bytes: abc, total: 6, fields: { filename: "a".repeat(256) } }),
    ],
    ["a unit in capitals", [400, 200], (drf) => drf.put({ bytes: abc, range: "Bytes 0-2/6" })],
    ["the end of an upload", [405, 204], async (drf) => drf.ask("DELETE", await begun(drf))],
    ["several files", [400, 200], (drf) => severalFiles(drf)],
  ])("%s is answered otherwise", async (_what, statuses, ask) => {
    const { theirs, mine } = await both(ask);
    expect([theirs.status, mine.status]).toEqual(statuses);
  });
});

const emptyFile = {
  bytes: Buffer.alloc(0),
  fields: { filename: "empty", md5: md5(Buffer.alloc(0)) },
};

/** REST framework's own words are not the original's. */
function noWords(answer: WholeAnswer): WholeAnswer {
  return { ...answer, json: () => ({}) };
}

function severalFiles(drf: DrfClient): Promise<WholeAnswer> {
  const file = { name: "file", filename: "a" };
  const { headers, bytes } = formOf([
    { name: "filename", body: "a" },
    { ...file, body: abc },
    { ...file, body: abcdef },
  ]);
  const range = { "content-range": "bytes 0-2/6" };
  return drf.ask("PUT", drf.at, { headers: { ...headers, ...range }, body: bytes() });
}
