import { bytes } from "../bytes.ts";
import { type Check, Unmet, want } from "../check.ts";
import type { HeldLine } from "../exchange.ts";
import { concatenate, finished, partial } from "../partials.ts";
import { download } from "../service.ts";
import { offsetType, type Target } from "../target.ts";

const extension = "our contract";
const KIB = 1_024;
const size = 1_024 * KIB;
const part = 512 * KIB;

/** What this service promises beyond the protocol: requests that meet. */
export const meetingChecks: readonly Check[] = [
  {
    id: "contract/never-locked",
    level: "MUST",
    extension,
    clause: "tus 1.0.0 — /api/tus (HEAD waits 250 ms at most; the newer request takes over)",
    text: "while an older PATCH hangs on a dead line, HEAD answers and a newer PATCH takes over",
    async run(target) {
      const url = await target.create({ "Upload-Length": String(size) });
      const line = await hang(target, url);
      try {
        await complete(target, url);
        const old = await line.answer;
        want(old === null || old.status === 423 || old.status === 409, old?.seen() ?? "");
        want((await download(target, url)).equals(bytes(size)), "other bytes came back");
      } finally {
        line.drop();
      }
    },
  },
  {
    id: "contract/delete-ends-writers",
    level: "MUST",
    extension,
    clause: "tus 1.0.0 — /api/tus, DELETE",
    text: "DELETE of an upload that a PATCH is being sent to is answered 204, and the PATCH ends",
    async run(target) {
      const url = await target.create({ "Upload-Length": String(size) });
      const line = await hang(target, url);
      try {
        const gone = await target.send(url, { method: "DELETE" });
        want(gone.status === 204, gone.seen());
        const old = await line.answer;
        want(old === null || old.status >= 400, old?.seen() ?? "");
        const head = await target.head(url);
        want(head.status === 404 || head.status === 410, head.seen());
      } finally {
        line.drop();
      }
    },
  },
  {
    id: "contract/final-twice-at-once",
    level: "MUST",
    extension,
    clause: "tus 1.0.0 — /api/tus, concatenation",
    text: "the same final upload asked for twice at once is made once",
    async run(target) {
      const parts = [await partial(target, 50_000), await partial(target, 6, { from: 50_000 })];
      const both = await Promise.all([concatenate(target, parts), concatenate(target, parts)]);
      const urls = await Promise.all(both.map((answer) => finished(target, answer)));
      want(urls[0] === urls[1], urls.join(" and "));
      const file = await download(target, urls[0] ?? "");
      want(file.equals(bytes(50_006)), "other bytes came back");
    },
  },
];

async function hang(target: Target, url: string): Promise<HeldLine> {
  const headers = { "Content-Type": offsetType, "Upload-Offset": "0" };
  return target.hold(url, { method: "PATCH", headers, body: bytes(part), length: size });
}

/** Goes on as tus clients do: HEAD, PATCH, and both again after a 409 or 423. */
async function complete(target: Target, url: string): Promise<void> {
  const seen: string[] = [];
  for (let tries = 0; tries < 5; tries += 1) {
    const offset = await target.offsetOf(url);
    const answer = await target.patch(url, { offset, body: bytes(size - offset, offset) });
    if (answer.status === 204) return;
    seen.push(`at ${offset}: ${answer.seen()}`);
    want(answer.status === 409 || answer.status === 423, seen.join("; "));
  }
  throw new Unmet(seen.join("; "));
}
