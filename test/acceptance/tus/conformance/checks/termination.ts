import { bytes } from "../bytes.ts";
import { type Check, want } from "../check.ts";
import type { Answer } from "../exchange.ts";
import type { Target } from "../target.ts";

const clause = "Termination, Requests, DELETE";

export const terminationChecks: readonly Check[] = [
  {
    id: "termination/unfinished",
    level: "MUST",
    extension: "termination",
    clause,
    text: "DELETE of an unfinished upload is answered 204",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      await target.patch(url, { offset: 0, body: bytes(4) });
      const answer = await terminate(target, url);
      want(answer.status === 204, answer.seen());
    },
  },
  {
    id: "termination/complete",
    level: "MUST",
    extension: "termination",
    clause: "Termination (completed and unfinished uploads)",
    text: "DELETE of a complete upload is answered 204",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      await target.patch(url, { offset: 0, body: bytes(10) });
      const answer = await terminate(target, url);
      want(answer.status === 204, answer.seen());
    },
  },
  {
    id: "termination/gone",
    level: "SHOULD",
    extension: "termination",
    clause,
    text: "afterwards HEAD, PATCH and DELETE are answered 404 or 410",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      await target.patch(url, { offset: 0, body: bytes(4) });
      await terminate(target, url);
      const answers = [await target.head(url)];
      answers.push(await target.patch(url, { offset: 4, body: bytes(6, 4) }));
      answers.push(await terminate(target, url));
      for (const answer of answers) {
        want(answer.status === 404 || answer.status === 410, answer.seen());
      }
    },
  },
];

function terminate(target: Target, url: string): Promise<Answer> {
  return target.send(url, { method: "DELETE" });
}
