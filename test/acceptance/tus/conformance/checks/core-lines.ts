import { setTimeout as sleep } from "node:timers/promises";
import { bytes } from "../bytes.ts";
import { type Check, want } from "../check.ts";
import { offsetType, type Target } from "../target.ts";

const clause = "Core Protocol, Requests, PATCH";
const KIB = 1_024;
const size = 1_024 * KIB;
const part = 512 * KIB;

/** What happens when lines break and requests meet. */
export const lineChecks: readonly Check[] = [
  {
    id: "lines/cut-body-is-kept",
    level: "SHOULD",
    extension: "core",
    clause,
    text: "what arrived before the line was cut is stored, as much as possible",
    async run(target) {
      const url = await target.create({ "Upload-Length": String(size) });
      await cut(target, url);
      const offset = await settledOffset(target, url);
      want(offset > 0, `of ${part} bytes that were sent, ${offset} were kept`);
    },
  },
  {
    id: "lines/cut-body-resumes",
    level: "MUST",
    extension: "core",
    clause,
    text: "after a cut the offset is no more than was sent, and the upload resumes from there",
    async run(target) {
      const url = await target.create({ "Upload-Length": String(size) });
      await cut(target, url);
      const offset = await settledOffset(target, url);
      want(offset <= part, `of ${part} bytes that were sent, ${offset} were counted`);
      const rest = bytes(size - offset, offset);
      const answer = await target.patch(url, { offset, body: rest });
      want(answer.status === 204, `resumed at ${offset}: ${answer.seen()}`);
      want(answer.header("upload-offset") === String(size), answer.seen());
    },
  },
  {
    id: "lines/two-at-one-offset",
    level: "MUST",
    extension: "core",
    clause,
    text: "of two PATCHes at one offset at the same time, one counts",
    async run(target) {
      const url = await target.create({ "Upload-Length": String(size) });
      const body = bytes(64 * KIB);
      const both = [0, 1].map(() => target.patch(url, { offset: 0, body }));
      const answers = await Promise.all(both);
      const seen = answers.map((answer) => answer.seen("upload-offset")).join("; ");
      want(answers.filter(({ status }) => status === 204).length === 1, seen);
      const offset = await target.offsetOf(url);
      want(offset === body.length, `${seen}; then the offset is ${offset}`);
    },
  },
];

async function cut(target: Target, url: string): Promise<void> {
  const headers = { "Content-Type": offsetType, "Upload-Offset": "0" };
  const ask = { method: "PATCH", headers, body: bytes(part), length: size };
  const line = await target.hold(url, ask);
  line.drop();
}

/** The offset once it has stopped growing: a server may still be storing what it read. */
async function settledOffset(target: Target, url: string): Promise<number> {
  let before = -1;
  for (let tries = 0; tries < 20; tries += 1) {
    const offset = await target.offsetOf(url).catch(() => -1);
    if (offset === before && offset > 0) return offset;
    before = offset;
    await sleep(250);
  }
  return target.offsetOf(url);
}
