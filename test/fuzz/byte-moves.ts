import { createHash } from "node:crypto";
import { formOf } from "../support/form-sender.ts";
import type { FuzzRequest } from "./connection.ts";
import { trpcCall } from "./create-moves.ts";
import { type UploadModel, Violation } from "./model.ts";
import {
  authorization,
  digestOf,
  expectStatus,
  pick,
  sendCut,
  settle,
  someUpload,
  type World,
} from "./world.ts";

interface Range {
  readonly start: number;
  readonly end: number;
}

/** An unfinished upload; null when there is none. */
async function openUpload(world: World): Promise<UploadModel | null> {
  const upload = someUpload(world, ["uploading"]);
  if (upload === null) return null;
  for (let tries = 0; !upload.isCertain && upload.state === "uploading"; tries += 1) {
    if (tries > 100) throw new Violation(`${upload.id} moves on and on after a cut`);
    await settle(world, upload);
    await resume(world, upload);
  }
  return upload.state === "uploading" ? upload : null;
}

/** The cut request may have been about to complete the upload: only a completion leaves no doubt. */
async function completeFull(world: World, upload: UploadModel): Promise<void> {
  const call = trpcCall(world, "uploads.complete", { id: upload.id, checksum: digestOf(upload) });
  await expectStatus(world, call, [200]);
  upload.state = "complete";
  upload.settled();
}

/** One byte at the reported offset. Refused while a cut request is still read or arrives only now. */
async function resume(world: World, upload: UploadModel): Promise<void> {
  const start = upload.offset;
  if (upload.state !== "uploading") return;
  if (upload.isFull) return completeFull(world, upload);
  if (start >= upload.file.size) return upload.settled();
  const range = { start, end: start + 1 };
  const { status } = await expectStatus(world, putChunk(world, upload, range), [200, 400, 423]);
  if (status !== 200) return;
  // Perhaps the cut request had been counted by then, and this byte with it.
  upload.doubt(range);
  await settle(world, upload);
  upload.acknowledge(range);
}

/** The next range at the offset; null when the upload is full. */
function nextRange(world: World, upload: UploadModel): Range | null {
  const limit = upload.size ?? upload.file.size;
  if (upload.offset >= limit) return null;
  const start = upload.offset;
  return { start, end: Math.min(limit, start + world.chance.int(1, 120_000)) };
}

function putChunk(world: World, upload: UploadModel, range: Range): FuzzRequest {
  return {
    ...{ method: "PUT", path: `/api/uploads/${upload.id}` },
    body: upload.file.slice(range.start, range.end),
    headers: {
      ...authorization(world),
      "content-range": `bytes ${range.start}-${range.end - 1}/${upload.size ?? "*"}`,
    },
  };
}

function patch(world: World, upload: UploadModel, range: Range): FuzzRequest {
  return {
    ...{ method: "PATCH", path: `/api/tus/${upload.id}` },
    body: upload.file.slice(range.start, range.end),
    headers: {
      ...authorization(world),
      "tus-resumable": "1.0.0",
      "content-type": "application/offset+octet-stream",
      "upload-offset": String(range.start),
    },
  };
}

const withHeaders = (ask: FuzzRequest, headers: Record<string, string>): FuzzRequest => ({
  ...ask,
  headers: { ...ask.headers, ...headers },
});

/** Moves that send bytes: right ones, wrong ones and cut ones, by the three byte doors. */
export const byteMoves = {
  async putAtOffset(world: World): Promise<void> {
    const upload = await openUpload(world);
    const range = upload && nextRange(world, upload);
    if (!upload || !range) return;
    const ask = putChunk(world, upload, range);
    const digest = createHash("sha256")
      .update(ask.body ?? "")
      .digest("base64");
    const isProven = world.chance.next() < 0.3;
    await expectStatus(
      world,
      isProven ? withHeaders(ask, { "content-digest": `sha-256=:${digest}:` }) : ask,
      [200],
    );
    upload.acknowledge(range);
  },

  async putAlignedChunk(world: World): Promise<void> {
    const upload = await openUpload(world);
    if (!upload || upload.size === null || upload.size === 0) return;
    const last = Math.ceil(upload.size / upload.chunkSize) - 1;
    const start = world.chance.int(0, last) * upload.chunkSize;
    const range = { start, end: Math.min(upload.size, start + upload.chunkSize) };
    await expectStatus(world, putChunk(world, upload, range), [200]);
    upload.acknowledge(range);
  },

  async putHeldBytesAgain(world: World): Promise<void> {
    const upload = await openUpload(world);
    if (!upload || upload.offset < 2) return;
    const start = world.chance.int(0, upload.offset - 1);
    const range = { start, end: world.chance.int(start + 1, upload.offset) };
    await expectStatus(world, putChunk(world, upload, range), [200]);
  },

  async putRefused(world: World): Promise<void> {
    const upload = await openUpload(world);
    const range = upload && nextRange(world, upload);
    if (!upload || !range) return;
    const ask = putChunk(world, upload, range);
    const { start, end } = range;
    const total = upload.size ?? "*";
    const broken: FuzzRequest[] = [
      withHeaders(ask, { "content-range": "bytes 0-/5" }),
      withHeaders(ask, { "content-range": `bytes ${start}-${end}/${total}` }),
      withHeaders(ask, { "content-digest": `sha-256=:${"A".repeat(43)}=:` }),
      withHeaders(ask, { "content-digest": "sha-256=nonsense" }),
      withHeaders(ask, { "content-encoding": "gzip" }),
      withHeaders(ask, { "content-type": "multipart/form-data; boundary=x" }),
      withHeaders(ask, { "content-range": `bytes ${start}-${end - 1}/${end - 1}` }),
      withHeaders(ask, { "content-range": `bytes ${"9".repeat(30)}-${"9".repeat(31)}/*` }),
    ];
    await expectStatus(world, pick(world.chance, broken), [400, 415]);
  },

  async putCut(world: World): Promise<void> {
    const upload = await openUpload(world);
    const range = upload && nextRange(world, upload);
    if (!upload || !range) return;
    const cutAfter = world.chance.int(0, range.end - range.start);
    await sendCut(world, { ...putChunk(world, upload, range), cutAfter });
    upload.doubt({ start: range.start, end: range.start + cutAfter });
  },

  async putTwiceAtOnce(world: World): Promise<void> {
    const upload = await openUpload(world);
    const range = upload && nextRange(world, upload);
    if (!upload || !range) return;
    const ask = putChunk(world, upload, range);
    const sent = [
      expectStatus(world, ask, [200, 400, 423]),
      expectStatus(world, ask, [200, 400, 423]),
    ];
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    if (statuses.includes(200)) upload.acknowledge(range);
    else upload.doubt(range);
    await settle(world, upload);
  },

  async drfAppend(world: World): Promise<void> {
    const upload = await openUpload(world);
    const range = upload && nextRange(world, upload);
    if (!upload || !range || upload.size === null) return;
    const { chance } = world;
    const claimed = chance.next() < 0.8 ? range.start : range.start + chance.int(1, 9);
    const form = formOf([
      { name: "file", filename: "blob", body: upload.file.slice(range.start, range.end) },
    ]);
    const headers = {
      ...authorization(world),
      ...form.headers,
      "content-range": `bytes ${claimed}-${claimed + range.end - range.start - 1}/${upload.size}`,
    };
    const ask = { method: "PUT", path: `/api/chunked_upload/${upload.id}/`, headers };
    if (chance.next() < 0.15) {
      const body = form.bytes();
      // Without its closing boundary a form does not count.
      return sendCut(world, { ...ask, body, cutAfter: chance.int(0, body.length - 60) });
    }
    const isRight = claimed === range.start;
    await expectStatus(world, { ...ask, body: form.bytes() }, [isRight ? 200 : 400]);
    if (isRight) upload.acknowledge(range);
  },

  async patchAtOffset(world: World): Promise<void> {
    const upload = await openUpload(world);
    const range = upload && nextRange(world, upload);
    if (!upload || !range) return;
    const ask = patch(world, upload, range);
    const digest = createHash("sha1")
      .update(ask.body ?? "")
      .digest("base64");
    const isProven = world.chance.next() < 0.3;
    await expectStatus(
      world,
      isProven ? withHeaders(ask, { "upload-checksum": `sha1 ${digest}` }) : ask,
      [204],
    );
    upload.acknowledge(range, { completes: true });
  },

  async patchRefused(world: World): Promise<void> {
    const upload = await openUpload(world);
    const range = upload && nextRange(world, upload);
    if (!upload || !range) return;
    const ask = patch(world, upload, range);
    const broken: [FuzzRequest, number][] = [
      [withHeaders(ask, { "upload-offset": String(range.start + 1) }), 409],
      [withHeaders(ask, { "content-type": "text/plain" }), 415],
      [withHeaders(ask, { "tus-resumable": "0.2.2" }), 412],
      [withHeaders(ask, { "upload-checksum": `sha1 ${"A".repeat(27)}=` }), 460],
      [withHeaders(ask, { "upload-checksum": "whirl AAAA" }), 400],
      [withHeaders(ask, { "upload-offset": "-1" }), 400],
    ];
    const [wrong, status] = pick(world.chance, broken);
    await expectStatus(world, wrong, [status]);
  },

  async patchCut(world: World): Promise<void> {
    const upload = await openUpload(world);
    const range = upload && nextRange(world, upload);
    if (!upload || !range) return;
    const cutAfter = world.chance.int(0, range.end - range.start);
    await sendCut(world, { ...patch(world, upload, range), cutAfter });
    upload.doubt({ start: range.start, end: range.start + cutAfter });
  },
};
