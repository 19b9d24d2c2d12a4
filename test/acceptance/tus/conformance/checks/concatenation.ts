import { bytes, metadata } from "../bytes.ts";
import { type Check, NotSeen, want } from "../check.ts";
import { concatenate, finished, partial } from "../partials.ts";
import { isRefusal, type Target } from "../target.ts";

const clause = "Concatenation";

export const concatenationChecks: readonly Check[] = [
  {
    id: "concatenation/partial-on-head",
    level: "MUST",
    extension: "concatenation",
    clause,
    text: "HEAD of a partial upload tells Upload-Concat: partial and Upload-Offset",
    async run(target) {
      const fields = { "Upload-Length": "10", "Upload-Concat": "partial" };
      const head = await target.head(await target.create(fields));
      want(head.header("upload-concat") === "partial", head.seen("upload-concat"));
      want(head.header("upload-offset") === "0", head.seen("upload-offset"));
    },
  },
  {
    id: "concatenation/final",
    level: "MUST",
    extension: "concatenation",
    clause,
    text: "a final upload is created by Upload-Concat alone; then Upload-Offset and Upload-Length are the sum",
    async run(target) {
      const parts = [await partial(target, 5), await partial(target, 6, { from: 5 })];
      const url = await finished(target, await concatenate(target, parts));
      await holds(target, url, 11);
    },
  },
  {
    id: "concatenation/final-on-head",
    level: "MUST",
    extension: "concatenation",
    clause,
    text: "HEAD of a final upload tells Upload-Concat as it was received",
    async run(target) {
      const parts = [await partial(target, 5), await partial(target, 6, { from: 5 })];
      const url = await finished(target, await concatenate(target, parts));
      const head = await target.head(url);
      const seen = head.header("upload-concat");
      want(seen === `final;${parts.join(" ")}`, head.seen("upload-concat"));
    },
  },
  {
    id: "concatenation/relative-urls",
    level: "MUST",
    extension: "concatenation",
    clause: "Concatenation, Headers, Upload-Concat",
    text: "partial uploads may be named by relative URLs (absolute paths), and by absolute ones",
    async run(target) {
      const parts = [await partial(target, 5), await partial(target, 6, { from: 5 })];
      const paths = parts.map((url) => new URL(url).pathname);
      await holds(target, await finished(target, await concatenate(target, paths)), 11);
      const others = [await partial(target, 5), await partial(target, 6, { from: 5 })];
      await holds(target, await finished(target, await concatenate(target, others)), 11);
    },
  },
  {
    id: "concatenation/one-partial-twice",
    level: "MAY",
    extension: "concatenation",
    clause,
    text: "one partial upload may be named twice in a final upload",
    async run(target) {
      const part = await partial(target, 5);
      await holds(target, await finished(target, await concatenate(target, [part, part])), 10);
    },
  },
  {
    id: "concatenation/one-partial-in-two",
    level: "MAY",
    extension: "concatenation",
    clause,
    text: "one partial upload may go into two final uploads, unless the server has deleted it (404 or 410 to HEAD)",
    async run(target) {
      const parts = [await partial(target, 5), await partial(target, 6, { from: 5 })];
      await finished(target, await concatenate(target, parts));
      for (const part of parts) {
        const head = await target.head(part);
        if (isRefusal(head)) throw new NotSeen("partial uploads are deleted after concatenation");
      }
      const reversed = await concatenate(target, [...parts].reverse());
      await holds(target, await finished(target, reversed), 11);
    },
  },
  {
    id: "concatenation/unfinished-partials",
    level: "MUST",
    extension: "concatenation",
    clause,
    text: "without concatenation-unfinished, a final upload of unfinished partials is refused",
    async run(target) {
      if (target.offers("concatenation-unfinished")) throw new NotSeen("it is announced");
      const whole = await partial(target, 5);
      const fields = { "Upload-Length": "6", "Upload-Concat": "partial" };
      const begun = await target.create(fields);
      await target.patch(begun, { offset: 0, body: bytes(3) });
      const answer = await concatenate(target, [whole, begun]);
      want(isRefusal(answer), answer.seen());
    },
  },
  {
    id: "concatenation/what-cannot-be-concatenated",
    // The protocol says what clients MUST send; what a server does otherwise is its own choice.
    level: "SHOULD",
    extension: "concatenation",
    clause: "Concatenation, Headers, Upload-Concat",
    text: "a final upload of nothing, of what does not exist or is no partial upload, and any other value are refused",
    async run(target) {
      const part = await partial(target, 5);
      const ordinary = await target.create({ "Upload-Length": "5" });
      await target.patch(ordinary, { offset: 0, body: bytes(5) });
      const unknown = part.replace(/[^/]+$/, "00000000-0000-4000-8000-000000000000");
      const values = ["final;", "final", `final ${part}`, `final;${part} ${unknown}`];
      values.push(`final;${part} ${ordinary}`, `final;${part},${part}`, "final;:// ///");
      for (const value of values) {
        const answer = await target.post({ "Upload-Concat": value });
        want(isRefusal(answer), `${value}: ${answer.seen()}`);
      }
      const other = await target.post({ "Upload-Concat": "whole", "Upload-Length": "5" });
      want(isRefusal(other), `whole: ${other.seen()}`);
    },
  },
  {
    id: "concatenation/patch-of-a-final",
    level: "MUST",
    extension: "concatenation",
    clause,
    text: "PATCH of a final upload is answered 403 and modifies neither it nor its partials",
    async run(target) {
      const parts = [await partial(target, 5), await partial(target, 6, { from: 5 })];
      const url = await finished(target, await concatenate(target, parts));
      for (const offset of [0, 11]) {
        const answer = await target.patch(url, { offset, body: bytes(3) });
        want(answer.status === 403, `at ${offset}: ${answer.seen()}`);
      }
      await holds(target, url, 11);
      const first = await target.head(parts[0] ?? "");
      want(isRefusal(first) || first.header("upload-offset") === "5", `a partial: ${first.seen()}`);
    },
  },
  {
    id: "concatenation/metadata",
    level: "MUST",
    extension: "concatenation",
    clause,
    text: "metadata of partial uploads is not transferred to the final one; its own is told by HEAD",
    async run(target) {
      const headers = { "Upload-Metadata": metadata({ filename: "part.bin", part: "1" }) };
      const parts = [await partial(target, 5, { headers }), await partial(target, 6, { headers })];
      const bare = await finished(target, await concatenate(target, parts));
      const none = await target.head(bare);
      want((none.header("upload-metadata") ?? "") === "", none.seen("upload-metadata"));
      const others = [await partial(target, 5, { headers }), await partial(target, 6, { headers })];
      const own = metadata({ filename: "whole.bin" });
      const answer = await concatenate(target, others, { "Upload-Metadata": own });
      const head = await target.head(await finished(target, answer));
      want(head.header("upload-metadata") === own, head.seen("upload-metadata"));
    },
  },
  {
    id: "concatenation/partials-with-upload",
    level: "MUST",
    extension: "concatenation",
    clause: "Creation With Upload (part of any creation request)",
    text: "a partial upload may bring its bytes with its creation",
    needs: ["creation-with-upload"],
    async run(target) {
      const fields = { "Upload-Length": "5", "Upload-Concat": "partial" };
      const parts = [await target.create(fields, bytes(5)), await target.create(fields, bytes(5))];
      await holds(target, await finished(target, await concatenate(target, parts)), 10);
    },
  },
];

async function holds(target: Target, url: string, length: number): Promise<void> {
  const head = await target.head(url);
  const seen = head.seen("upload-offset", "upload-length");
  want(head.header("upload-offset") === String(length), seen);
  want(head.header("upload-length") === String(length), seen);
}
