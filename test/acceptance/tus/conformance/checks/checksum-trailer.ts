import { bytes, checksumOf } from "../bytes.ts";
import { type Check, want } from "../check.ts";
import type { Answer } from "../exchange.ts";
import { offsetType, type Target } from "../target.ts";

const clause = "Checksum (Upload-Checksum as a trailer)";

export const checksumTrailerChecks: readonly Check[] = [
  {
    id: "checksum-trailer/needs-checksum",
    level: "MUST",
    extension: "checksum-trailer",
    clause,
    text: "it is not offered without checksum",
    async run({ offer }) {
      want(offer.extensions.includes("checksum"), offer.answer.seen("tus-extension"));
    },
  },
  {
    id: "checksum-trailer/match",
    level: "MUST",
    extension: "checksum-trailer",
    clause,
    text: "a chunk whose trailing checksum matches is answered 204 and counts",
    async run(target) {
      const body = bytes(100_000);
      const url = await target.create({ "Upload-Length": "100000" });
      const answer = await append(target, url, { body, checksum: checksumOf("sha1", body) ?? "" });
      want(answer.status === 204, answer.seen());
      want(answer.header("upload-offset") === "100000", answer.seen());
    },
  },
  {
    id: "checksum-trailer/mismatch-status",
    level: "MAY",
    extension: "checksum-trailer",
    clause,
    text: "a trailing checksum that does not match is answered 460",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const checksum = checksumOf("sha1", bytes(10, 1)) ?? "";
      const answer = await append(target, url, { body: bytes(10), checksum });
      want(answer.status === 460, answer.seen());
    },
  },
  {
    id: "checksum-trailer/mismatch-is-discarded",
    level: "MUST",
    extension: "checksum-trailer",
    clause,
    text: "a chunk whose trailing checksum does not match is discarded, a large one too",
    async run(target) {
      for (const size of [10, 20 * 2 ** 20]) {
        const url = await target.create({ "Upload-Length": String(size) });
        const checksum = checksumOf("sha1", bytes(10, 1)) ?? "";
        await append(target, url, { body: Buffer.alloc(size, 7), checksum });
        const offset = await target.offsetOf(url);
        want(offset === 0, `of ${size} bytes ${offset} were kept`);
      }
    },
  },
  {
    id: "checksum-trailer/unknown-algorithm-is-discarded",
    level: "MUST",
    extension: "checksum-trailer",
    clause,
    text: "a chunk whose trailer names an algorithm that is not supported is discarded",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      await append(target, url, { body: bytes(10), checksum: "no-such-hash AAAA" });
      const offset = await target.offsetOf(url);
      want(offset === 0, `the offset became ${offset}`);
    },
  },
];

function append(
  target: Target,
  url: string,
  { body, checksum }: { body: Uint8Array; checksum: string },
): Promise<Answer> {
  return target.send(url, {
    method: "PATCH",
    headers: { "Content-Type": offsetType, "Upload-Offset": "0", Trailer: "Upload-Checksum" },
    body,
    chunked: true,
    trailers: { "Upload-Checksum": checksum },
  });
}
