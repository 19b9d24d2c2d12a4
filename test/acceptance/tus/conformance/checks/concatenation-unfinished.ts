import { bytes } from "../bytes.ts";
import { type Check, want } from "../check.ts";
import { concatenate, finished } from "../partials.ts";

const clause = "Concatenation";
const fields = { "Upload-Length": "5", "Upload-Concat": "partial" };

export const unfinishedChecks: readonly Check[] = [
  {
    id: "concatenation-unfinished/accepted",
    level: "MUST",
    extension: "concatenation-unfinished",
    clause,
    text: "a final upload of partials still in progress is accepted, and finishes with them",
    async run(target) {
      const parts = [await target.create(fields), await target.create(fields)];
      const answer = await concatenate(target, parts);
      want(answer.status === 201, answer.seen());
      for (const part of parts) await target.patch(part, { offset: 0, body: bytes(5) });
      const head = await target.head(await finished(target, answer));
      want(head.header("upload-length") === "10", head.seen("upload-length"));
    },
  },
  {
    id: "concatenation-unfinished/no-offset-yet",
    level: "SHOULD",
    extension: "concatenation-unfinished",
    clause,
    text: "HEAD of such a final upload has no Upload-Offset before the concatenation has finished",
    async run(target) {
      const parts = [await target.create(fields), await target.create(fields)];
      const answer = await concatenate(target, parts);
      want(answer.status === 201, answer.seen());
      const head = await target.head(target.locate(answer));
      want(head.header("upload-offset") === undefined, head.seen("upload-offset"));
    },
  },
];
