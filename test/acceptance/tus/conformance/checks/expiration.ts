import { setTimeout as sleep } from "node:timers/promises";
import { bytes } from "../bytes.ts";
import { type Check, NotSeen, want } from "../check.ts";
import type { Answer } from "../exchange.ts";

const clause = "Expiration, Headers, Upload-Expires";

export const expirationChecks: readonly Check[] = [
  {
    id: "expiration/gone",
    level: "SHOULD",
    extension: "expiration",
    clause,
    text: "after its Upload-Expires an unfinished upload is answered 404 or 410, to HEAD and PATCH",
    async run(target) {
      const made = await target.post({ "Upload-Length": "10" });
      const url = target.locate(made);
      const patched = await target.patch(url, { offset: 0, body: bytes(4) });
      const expires = Date.parse(patched.header("upload-expires") ?? "");
      const left = expires - Date.now();
      if (!(left <= target.patienceMs))
        throw new NotSeen("uploads here live longer than is waited");
      // The header has no fractions of a second.
      await sleep(Math.max(0, left) + 1_100);
      const answers = [await target.head(url)];
      answers.push(await target.patch(url, { offset: 4, body: bytes(6, 4) }));
      for (const answer of answers) {
        want(answer.status === 404 || answer.status === 410, answer.seen());
      }
    },
  },
  {
    id: "expiration/on-patch",
    level: "MUST",
    extension: "expiration",
    clause,
    text: "every PATCH of an upload that is going to expire is answered with Upload-Expires",
    async run(target) {
      const made = await target.post({ "Upload-Length": "10" });
      const url = target.locate(made);
      const answers: Answer[] = [];
      for (const offset of [0, 3]) {
        answers.push(await target.patch(url, { offset, body: bytes(3, offset) }));
      }
      const isTold = (answer: Answer) => answer.header("upload-expires") !== undefined;
      if (![made, ...answers].some(isTold)) throw new NotSeen("this upload does not expire");
      for (const answer of answers) want(isTold(answer), answer.seen("upload-expires"));
    },
  },
  {
    id: "expiration/on-creation",
    level: "MUST",
    extension: "expiration",
    clause,
    text: "the creation is answered with Upload-Expires when the expiration is known by then",
    async run(target) {
      const answer = await target.post({ "Upload-Length": "10" });
      if (answer.header("upload-expires") !== undefined) return;
      const url = target.locate(answer);
      const patched = await target.patch(url, { offset: 0, body: bytes(3) });
      const later = patched.seen("upload-expires");
      want(patched.header("upload-expires") === undefined, `none on creation, but ${later}`);
      throw new NotSeen("this server tells no expiration");
    },
  },
  {
    id: "expiration/date",
    level: "MUST",
    extension: "expiration",
    clause,
    text: "Upload-Expires is a date as HTTP writes it, and in the future",
    async run(target) {
      const made = await target.post({ "Upload-Length": "10" });
      const url = target.locate(made);
      const patched = await target.patch(url, { offset: 0, body: bytes(3) });
      for (const answer of [made, patched]) isFutureDate(answer);
    },
  },
];

function isFutureDate(answer: Answer): void {
  const value = answer.header("upload-expires");
  if (value === undefined) return;
  const moment = new Date(value);
  const seen = answer.seen("upload-expires");
  // The preferred form of RFC 9110, 5.6.7, is what `toUTCString` writes.
  want(!Number.isNaN(moment.getTime()) && moment.toUTCString() === value, seen);
  want(moment.getTime() > Date.now() - 1_000, `${seen}, and it is ${new Date().toUTCString()}`);
}
