import { bytes, checksumOf } from "../bytes.ts";
import { type Check, want } from "../check.ts";
import { isRefusal, type Target } from "../target.ts";

const clause = "Checksum";

export const checksumChecks: readonly Check[] = [
  {
    id: "checksum/algorithms",
    level: "MUST",
    extension: "checksum",
    clause: "Checksum, Headers, Tus-Checksum-Algorithm",
    text: "OPTIONS lists the algorithms in Tus-Checksum-Algorithm, separated by commas, in lower case",
    async run({ offer }) {
      const seen = offer.answer.seen("tus-checksum-algorithm");
      want(offer.algorithms.length > 0, seen);
      want(
        offer.algorithms.every((name) => /^[!-+\--@[-~]+$/.test(name)),
        seen,
      );
    },
  },
  {
    id: "checksum/sha1",
    level: "MUST",
    extension: "checksum",
    clause,
    text: "sha1 is among the algorithms",
    async run({ offer }) {
      want(offer.algorithms.includes("sha1"), offer.answer.seen("tus-checksum-algorithm"));
    },
  },
  {
    id: "checksum/match",
    level: "MUST",
    extension: "checksum",
    clause,
    text: "a chunk whose checksum matches is answered 204 and counts, by each algorithm announced",
    async run(target) {
      for (const algorithm of target.offer.algorithms) {
        const body = bytes(100_000);
        const checksum = checksumOf(algorithm, body);
        if (checksum === null) continue;
        const url = await target.create({ "Upload-Length": "200000" });
        const headers = { "Upload-Checksum": checksum };
        const answer = await target.patch(url, { offset: 0, body, headers });
        want(answer.status === 204, `${algorithm}: ${answer.seen()}`);
        want(answer.header("upload-offset") === "100000", `${algorithm}: ${answer.seen()}`);
      }
    },
  },
  {
    id: "checksum/mismatch-status",
    level: "MAY",
    extension: "checksum",
    clause,
    text: "a checksum that does not match is answered 460",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const headers = { "Upload-Checksum": wrong("sha1") };
      const answer = await target.patch(url, { offset: 0, body: bytes(10), headers });
      want(answer.status === 460, answer.seen());
    },
  },
  {
    id: "checksum/mismatch-is-discarded",
    level: "MUST",
    extension: "checksum",
    clause,
    text: "a chunk whose checksum does not match is discarded, by each algorithm, and can be sent again",
    async run(target) {
      for (const algorithm of target.offer.algorithms) {
        const right = checksumOf(algorithm, bytes(6, 4));
        if (right === null) continue;
        const url = await begun(target);
        const headers = { "Upload-Checksum": wrong(algorithm) };
        await target.patch(url, { offset: 4, body: bytes(6, 4), headers });
        await keepsFour(target, url, algorithm);
        const again = { "Upload-Checksum": right };
        const answer = await target.patch(url, { offset: 4, body: bytes(6, 4), headers: again });
        want(answer.status === 204, `${algorithm}, sent again: ${answer.seen()}`);
      }
    },
  },
  {
    id: "checksum/large-mismatch-is-discarded",
    level: "MUST",
    extension: "checksum",
    clause,
    text: "a chunk of 20 MiB whose checksum does not match is discarded whole",
    async run(target) {
      const size = 20 * 2 ** 20;
      const url = await target.create({ "Upload-Length": String(size) });
      const headers = { "Upload-Checksum": wrong("sha1") };
      await target.patch(url, { offset: 0, body: Buffer.alloc(size, 7), headers });
      const offset = await target.offsetOf(url);
      want(offset === 0, `the offset became ${offset}`);
    },
  },
  {
    id: "checksum/unknown-algorithm-status",
    level: "MAY",
    extension: "checksum",
    clause,
    text: "an algorithm that is not supported is answered 400",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const headers = { "Upload-Checksum": "no-such-hash AAAA" };
      const answer = await target.patch(url, { offset: 0, body: bytes(10), headers });
      want(answer.status === 400, answer.seen());
    },
  },
  {
    id: "checksum/unknown-algorithm-is-discarded",
    level: "MUST",
    extension: "checksum",
    clause,
    text: "a chunk with an algorithm that is not supported is discarded",
    async run(target) {
      const url = await begun(target);
      const headers = { "Upload-Checksum": "no-such-hash AAAA" };
      await target.patch(url, { offset: 4, body: bytes(6, 4), headers });
      await keepsFour(target, url, "no-such-hash");
    },
  },
  {
    id: "checksum/malformed",
    level: "MUST",
    extension: "checksum",
    clause: "Checksum, Headers, Upload-Checksum (name, space, Base64)",
    text: "a malformed Upload-Checksum is refused, and the chunk discarded",
    async run(target) {
      const { length } = checksumOf("sha1", bytes(1)) ?? "";
      for (const value of ["sha1", "sha1 ", "sha1 ***", "sha1 AAAA", "x".repeat(length)]) {
        const url = await begun(target);
        const headers = { "Upload-Checksum": value };
        const answer = await target.patch(url, { offset: 4, body: bytes(6, 4), headers });
        want(isRefusal(answer), `${value}: ${answer.seen()}`);
        await keepsFour(target, url, value);
      }
    },
  },
  {
    id: "checksum/earlier-chunks-stay",
    level: "MUST",
    extension: "checksum",
    clause: "Checksum (the current body payload)",
    text: "each checksum is that of its own chunk, and a wrong one costs no earlier chunk",
    async run(target) {
      const url = await target.create({ "Upload-Length": "30" });
      for (const offset of [0, 10]) {
        const body = bytes(10, offset);
        const headers = { "Upload-Checksum": checksumOf("sha1", body) };
        const answer = await target.patch(url, { offset, body, headers });
        want(answer.status === 204, `at ${offset}: ${answer.seen()}`);
      }
      const headers = { "Upload-Checksum": wrong("sha1") };
      await target.patch(url, { offset: 20, body: bytes(10, 20), headers });
      const offset = await target.offsetOf(url);
      want(offset === 20, `the offset is ${offset}`);
    },
  },
];

/** The checksum of other bytes. */
function wrong(algorithm: string): string {
  return checksumOf(algorithm, Buffer.from("something else")) ?? "";
}

/** An upload of 10 bytes that holds 4. */
async function begun(target: Target): Promise<string> {
  const url = await target.create({ "Upload-Length": "10" });
  await target.patch(url, { offset: 0, body: bytes(4) });
  return url;
}

async function keepsFour(target: Target, url: string, what: string): Promise<void> {
  const offset = await target.offsetOf(url);
  want(offset === 4, `${what}: the offset went from 4 to ${offset}`);
}
