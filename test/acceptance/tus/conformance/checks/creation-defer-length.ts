import { bytes } from "../bytes.ts";
import { type Check, NotSeen, want } from "../check.ts";
import { isRefusal, type Target } from "../target.ts";

const clause = "Creation, Requests, POST";
const deferred = { "Upload-Defer-Length": "1" };

export const deferLengthChecks: readonly Check[] = [
  {
    id: "creation-defer-length/created",
    level: "MUST",
    extension: "creation-defer-length",
    clause,
    text: "a POST with Upload-Defer-Length: 1 and no Upload-Length is answered 201",
    async run(target) {
      const answer = await target.post(deferred);
      want(answer.status === 201, answer.seen());
    },
  },
  {
    id: "creation-defer-length/on-head",
    level: "MUST",
    extension: "creation-defer-length",
    clause,
    text: "HEAD tells Upload-Defer-Length: 1 as long as the length is unknown, also after bytes came",
    async run(target) {
      const url = await target.create(deferred);
      await isDeferred(target, url);
      await target.patch(url, { offset: 0, body: bytes(4) });
      await isDeferred(target, url);
    },
  },
  {
    id: "creation-defer-length/omitted-when-known",
    level: "MUST",
    extension: "creation-defer-length",
    clause: "Creation, Headers, Upload-Defer-Length",
    text: "HEAD of an upload whose length is known has no Upload-Defer-Length",
    async run(target) {
      const head = await target.head(await target.create({ "Upload-Length": "10" }));
      const seen = head.seen("upload-defer-length", "upload-length");
      want(head.header("upload-defer-length") === undefined, seen);
    },
  },
  {
    id: "creation-defer-length/other-values",
    level: "SHOULD",
    extension: "creation-defer-length",
    clause,
    text: "any other value of Upload-Defer-Length is answered 400",
    async run(target) {
      for (const value of ["0", "2", "true", "01", "1, 1"]) {
        const answer = await target.post({ "Upload-Defer-Length": value });
        want(answer.status === 400, `${value}: ${answer.seen()}`);
      }
    },
  },
  {
    id: "creation-defer-length/told-by-patch",
    level: "MUST",
    extension: "creation-defer-length",
    clause,
    text: "Upload-Length of a PATCH sets the length; HEAD tells it and is deferred no more",
    async run(target) {
      const url = await target.create(deferred);
      await target.patch(url, { offset: 0, body: bytes(4) });
      await tell(target, url, { offset: 4, length: 6, total: "10" });
      const head = await target.head(url);
      const names = ["upload-length", "upload-defer-length", "upload-offset"];
      want(head.header("upload-length") === "10", head.seen(...names));
      want(head.header("upload-defer-length") === undefined, head.seen(...names));
      want(head.header("upload-offset") === "10", head.seen(...names));
    },
  },
  {
    id: "creation-defer-length/told-before-the-end",
    level: "MUST",
    extension: "creation-defer-length",
    clause,
    text: "the length may be told by a PATCH that is not the last, and an empty PATCH may tell it",
    async run(target) {
      const early = await target.create(deferred);
      await tell(target, early, { offset: 0, length: 4, total: "10" });
      const rest = await target.patch(early, { offset: 4, body: bytes(6, 4) });
      want(rest.status === 204 && rest.header("upload-offset") === "10", rest.seen());
      const late = await target.create(deferred);
      await target.patch(late, { offset: 0, body: bytes(10) });
      await tell(target, late, { offset: 10, length: 0, total: "10" });
      const head = await target.head(late);
      want(head.header("upload-length") === "10", head.seen("upload-length"));
    },
  },
  {
    id: "creation-defer-length/never-changed",
    level: "MUST",
    extension: "creation-defer-length",
    clause,
    text: "once set, the length is not changed by another Upload-Length",
    async run(target) {
      const url = await target.create(deferred);
      await tell(target, url, { offset: 0, length: 4, total: "10" });
      for (const other of ["8", "12"]) await staysTen(target, url, other);
      const known = await target.create({ "Upload-Length": "10" });
      await target.patch(known, { offset: 0, body: bytes(4) });
      for (const other of ["8", "12"]) await staysTen(target, known, other);
    },
  },
  {
    id: "creation-defer-length/not-below-the-offset",
    level: "MUST",
    extension: "creation-defer-length",
    clause: "Core Protocol, Headers, Upload-Length (the size of the entire upload)",
    text: "a length below what the upload holds already is refused",
    async run(target) {
      const url = await target.create(deferred);
      await target.patch(url, { offset: 0, body: bytes(10) });
      const headers = { "Upload-Length": "5" };
      const answer = await target.patch(url, { offset: 10, body: bytes(0), headers });
      want(isRefusal(answer), answer.seen());
      await isDeferred(target, url);
    },
  },
  {
    id: "creation-defer-length/over-the-maximum",
    // The protocol demands 413 of the creation only.
    level: "SHOULD",
    extension: "creation-defer-length",
    clause,
    text: "a length above Tus-Max-Size, told late, is answered 413",
    async run(target) {
      const { maxSize } = target.offer;
      if (maxSize === null) throw new NotSeen("no Tus-Max-Size is announced");
      const url = await target.create(deferred);
      const headers = { "Upload-Length": String(maxSize + 1) };
      const answer = await target.patch(url, { offset: 0, body: bytes(4), headers });
      want(answer.status === 413, answer.seen());
    },
  },
];

async function isDeferred(target: Target, url: string): Promise<void> {
  const head = await target.head(url);
  const seen = head.seen("upload-defer-length", "upload-length", "upload-offset");
  want(head.header("upload-defer-length") === "1", seen);
  want(head.header("upload-length") === undefined, seen);
}

async function tell(
  target: Target,
  url: string,
  { offset, length, total }: { offset: number; length: number; total: string },
): Promise<void> {
  const headers = { "Upload-Length": total };
  const answer = await target.patch(url, { offset, body: bytes(length, offset), headers });
  want(answer.status === 204, `Upload-Length: ${total} at ${offset}: ${answer.seen()}`);
}

/** Tells another length of an upload of 10 bytes that holds 4; refused or ignored, it stays 10. */
async function staysTen(target: Target, url: string, other: string): Promise<void> {
  const headers = { "Upload-Length": other };
  await target.patch(url, { offset: 4, body: bytes(0), headers });
  const head = await target.head(url);
  want(head.header("upload-length") === "10", `after ${other}: ${head.seen("upload-length")}`);
}
