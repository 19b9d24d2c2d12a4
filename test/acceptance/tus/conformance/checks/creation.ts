import { bytes, metadata } from "../bytes.ts";
import { type Check, NotSeen, want } from "../check.ts";
import { isRefusal } from "../target.ts";

const clause = "Creation, Requests, POST";

export const creationChecks: readonly Check[] = [
  {
    id: "creation/acknowledged",
    level: "MUST",
    extension: "creation",
    clause,
    text: "a creation is answered 201 with the Location of the new resource",
    async run(target) {
      const answer = await target.post({ "Upload-Length": "10" });
      want(answer.status === 201, answer.seen());
      want((answer.header("location") ?? "") !== "", answer.seen("location"));
    },
  },
  {
    id: "creation/begins-at-zero",
    level: "MUST",
    extension: "creation",
    clause: "Creation, Example (an implicit offset of 0)",
    text: "the new resource has offset 0 and takes the file by the core protocol",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const offset = await target.offsetOf(url);
      want(offset === 0, `the offset is ${offset}`);
      const answer = await target.patch(url, { offset: 0, body: bytes(10) });
      want(answer.status === 204, answer.seen());
    },
  },
  {
    id: "creation/one-resource-each",
    level: "MUST",
    extension: "creation",
    clause,
    text: "every creation makes a resource of its own",
    async run(target) {
      const fields = { "Upload-Length": "10", "Upload-Metadata": metadata({ filename: "a.bin" }) };
      const [first, second] = [await target.create(fields), await target.create(fields)];
      want(first !== second, `both are ${first}`);
    },
  },
  {
    id: "creation/asks-for-a-length",
    level: "MUST",
    extension: "creation",
    clause,
    text: "a creation with neither Upload-Length nor Upload-Defer-Length is refused",
    async run(target) {
      const answer = await target.post({});
      want(isRefusal(answer), answer.seen());
    },
  },
  {
    id: "creation/malformed-length",
    level: "MUST",
    extension: "creation",
    clause: "Core Protocol, Headers, Upload-Length (a non-negative integer)",
    text: "an Upload-Length that is no non-negative integer is refused",
    async run(target) {
      for (const value of ["", "-1", "1.5", "1e3", "0x10", "ten", "10, 10"]) {
        const answer = await target.post({ "Upload-Length": value });
        want(isRefusal(answer), `${value}: ${answer.seen()}`);
      }
    },
  },
  {
    id: "creation/empty-file",
    level: "MUST",
    extension: "creation",
    clause,
    text: "an upload of length 0 is complete at once: its offset is its length, without a PATCH",
    async run(target) {
      const answer = await target.head(await target.create({ "Upload-Length": "0" }));
      want(answer.header("upload-offset") === "0", answer.seen("upload-offset", "upload-length"));
      want(answer.header("upload-length") === "0", answer.seen("upload-offset", "upload-length"));
    },
  },
  {
    id: "creation/metadata-on-head",
    level: "MUST",
    extension: "creation",
    clause,
    text: "HEAD tells Upload-Metadata as the client gave it: keys without a value, bytes of any kind",
    async run(target) {
      const binary = Buffer.from([0, 1, 0xff, 0xfe, 10]).toString("base64");
      const values = [
        metadata({ filename: "world_domination_plan.pdf", filetype: "application/pdf" }),
        `${metadata({ filename: "naïve Größe 文件.txt" })},is_confidential`,
        `is_confidential,${metadata({ filename: "a" })},raw ${binary}`,
      ];
      for (const value of values) {
        const fields = { "Upload-Length": "10", "Upload-Metadata": value };
        const answer = await target.head(await target.create(fields));
        const seen = answer.header("upload-metadata") ?? "(absent)";
        want(pairsOf(seen) === pairsOf(value), `given ${value}; told ${seen}`);
      }
    },
  },
  {
    id: "creation/no-metadata",
    level: "MUST",
    extension: "creation",
    clause: "Creation, Headers, Upload-Metadata (one or more pairs)",
    text: "HEAD of an upload that was given no metadata has no Upload-Metadata",
    async run(target) {
      const head = await target.head(await target.create({ "Upload-Length": "10" }));
      want(head.header("upload-metadata") === undefined, head.seen("upload-metadata"));
    },
  },
  {
    id: "creation/metadata-of-a-complete-upload",
    level: "MUST",
    extension: "creation",
    clause,
    text: "HEAD still tells Upload-Metadata when the upload is complete",
    async run(target) {
      const value = metadata({ filename: "done.bin" });
      const url = await target.create({ "Upload-Length": "10", "Upload-Metadata": value });
      await target.patch(url, { offset: 0, body: bytes(10) });
      const answer = await target.head(url);
      want(answer.header("upload-metadata") === value, answer.seen("upload-metadata"));
    },
  },
  {
    id: "creation/no-header-smuggling",
    level: "SHOULD",
    extension: "creation",
    clause: "Creation, Headers, Upload-Metadata",
    text: "line breaks in a metadata value become no header of an answer, and break none",
    async run(target) {
      const evil = "a.txt\r\nX-Smuggled: yes\r\n\r\n";
      const fields = {
        "Upload-Length": "0",
        "Upload-Metadata": metadata({ filename: evil, filetype: `text/plain\r\nX-Smuggled: yes` }),
      };
      const made = await target.post(fields);
      if (made.status !== 201) return;
      const url = target.locate(made);
      const head = await target.head(url);
      // GET is no request of the protocol: how it is answered is the server's affair.
      const get = await target.send(url, { method: "GET" });
      for (const answer of [made, head, get]) {
        want(answer.header("x-smuggled") === undefined, answer.seen("x-smuggled"));
      }
      for (const answer of [made, head]) want(answer.status < 500, answer.seen());
    },
  },
  {
    id: "creation/over-the-maximum",
    level: "MUST",
    extension: "creation",
    clause,
    text: "a length above Tus-Max-Size is answered 413",
    async run(target) {
      const { maxSize } = target.offer;
      if (maxSize === null) throw new NotSeen("no Tus-Max-Size is announced");
      const answer = await target.post({ "Upload-Length": String(maxSize + 1) });
      want(answer.status === 413, `${maxSize + 1} bytes: ${answer.seen()}`);
    },
  },
  {
    id: "creation/the-maximum",
    level: "MUST",
    extension: "creation",
    clause: "Core Protocol, Headers, Tus-Max-Size (the maximum allowed size)",
    text: "a length of exactly Tus-Max-Size is allowed",
    async run(target) {
      const { maxSize } = target.offer;
      if (maxSize === null) throw new NotSeen("no Tus-Max-Size is announced");
      const answer = await target.post({ "Upload-Length": String(maxSize) });
      want(answer.status === 201, `${maxSize} bytes: ${answer.seen()}`);
    },
  },
];

/** The pairs of an `Upload-Metadata` header in one order: the protocol gives them none. */
function pairsOf(header: string): string {
  return header
    .split(",")
    .map((pair) => pair.trim())
    .sort()
    .join();
}
