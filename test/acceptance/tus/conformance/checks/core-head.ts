import { bytes } from "../bytes.ts";
import { type Check, want } from "../check.ts";

const clause = "Core Protocol, Requests, HEAD";

export const headChecks: readonly Check[] = [
  {
    id: "head/status",
    level: "SHOULD",
    extension: "core",
    clause,
    text: "a successful HEAD is answered 200 or 204",
    async run(target) {
      const answer = await target.head(await target.create({ "Upload-Length": "10" }));
      want(answer.status === 200 || answer.status === 204, answer.seen());
    },
  },
  {
    id: "head/offset-of-nothing",
    level: "MUST",
    extension: "core",
    clause,
    text: "Upload-Offset is there at offset 0",
    async run(target) {
      const answer = await target.head(await target.create({ "Upload-Length": "10" }));
      want(answer.header("upload-offset") === "0", answer.seen("upload-offset"));
    },
  },
  {
    id: "head/offset-between",
    level: "MUST",
    extension: "core",
    clause,
    text: "Upload-Offset tells how much an unfinished upload holds",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      await target.patch(url, { offset: 0, body: bytes(4) });
      const answer = await target.head(url);
      want(answer.header("upload-offset") === "4", answer.seen("upload-offset"));
    },
  },
  {
    id: "head/offset-of-complete",
    level: "MUST",
    extension: "core",
    clause,
    text: "Upload-Offset is there when the upload is complete",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      await target.patch(url, { offset: 0, body: bytes(10) });
      const answer = await target.head(url);
      want(answer.header("upload-offset") === "10", answer.seen("upload-offset"));
    },
  },
  {
    id: "head/length",
    level: "MUST",
    extension: "core",
    clause,
    text: "Upload-Length is there when the size is known, and a complete upload keeps it",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const before = await target.head(url);
      want(before.header("upload-length") === "10", before.seen("upload-length"));
      await target.patch(url, { offset: 0, body: bytes(10) });
      const after = await target.head(url);
      want(after.header("upload-length") === "10", `complete: ${after.seen("upload-length")}`);
    },
  },
  {
    id: "head/no-store",
    level: "MUST",
    extension: "core",
    clause,
    text: "the answer has Cache-Control: no-store",
    async run(target) {
      const answer = await target.head(await target.create({ "Upload-Length": "10" }));
      const directives = (answer.header("cache-control") ?? "").split(/\s*,\s*/);
      want(directives.includes("no-store"), answer.seen("cache-control"));
    },
  },
  {
    id: "head/unknown",
    level: "SHOULD",
    extension: "core",
    clause,
    text: "an unknown upload is answered 404, 410 or 403, without Upload-Offset",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const answer = await target.head(
        url.replace(/[^/]+$/, "00000000-0000-4000-8000-000000000000"),
      );
      want([403, 404, 410].includes(answer.status), answer.seen("upload-offset"));
      want(answer.header("upload-offset") === undefined, answer.seen("upload-offset"));
    },
  },
];
