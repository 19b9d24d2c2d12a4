import { bytes, metadata } from "../bytes.ts";
import { type Check, NotSeen, want } from "../check.ts";
import { concatenate, finished, partial } from "../partials.ts";
import { ask, download, idOf, view } from "../service.ts";

const extension = "our contract";
const clause = "tus 1.0.0 — /api/tus";
const COMPLETE = 2;

/** What this service promises beyond the protocol: files, other doors, concatenation. */
export const fileChecks: readonly Check[] = [
  {
    id: "contract/file",
    level: "MUST",
    extension,
    clause,
    text: "the last byte completes the upload: its file can be downloaded under its name and type",
    async run(target) {
      const body = bytes(70_000);
      const named = metadata({ filename: "Größe.txt", filetype: "text/plain" });
      const url = await target.create({ "Upload-Length": "70000", "Upload-Metadata": named });
      for (const at of [0, 35_000]) {
        await target.patch(url, { offset: at, body: body.subarray(at, at + 35_000) });
      }
      want((await view(target, url)).status === COMPLETE, "it is not complete");
      want((await view(target, url)).filename === "Größe.txt", "it has another name");
      const answer = await ask(target, `/api/uploads/${idOf(url)}/file`);
      want(answer.body.equals(body), "other bytes came back");
      want(answer.header("content-type") === "text/plain", answer.seen("content-type"));
    },
  },
  {
    id: "contract/empty-file",
    level: "MUST",
    extension,
    clause,
    text: "an upload of length 0 can be downloaded at once",
    async run(target) {
      const file = await download(target, await target.create({ "Upload-Length": "0" }));
      want(file.length === 0, `${file.length} bytes came back`);
    },
  },
  {
    id: "contract/other-door",
    level: "MUST",
    extension,
    clause,
    text: "an upload created here continues, and completes, by the raw door",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" }, bytes(4));
      const headers = {
        "Content-Type": "application/octet-stream",
        "Content-Range": "bytes 4-9/10",
      };
      const path = `/api/uploads/${idOf(url)}`;
      const answer = await ask(target, path, { method: "PUT", headers, body: bytes(6, 4) });
      want(answer.status === 200, answer.seen());
      want((await view(target, url)).status === COMPLETE, "it is not complete");
      want((await download(target, url)).equals(bytes(10)), "other bytes came back");
    },
  },
  {
    id: "contract/created-elsewhere",
    level: "MUST",
    extension,
    clause,
    text: "an upload created by tRPC is told by HEAD, and completes when its last byte comes by PATCH",
    async run(target) {
      const made = await ask(target, "/api/trpc/uploads.init", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: Buffer.from(JSON.stringify({ json: { filename: "elsewhere.bin", size: 10 } })),
      });
      want(made.status === 200, made.seen());
      const { id } = JSON.parse(made.body.toString("utf8")).result.data.json;
      const url = `${target.url.replace(/\/$/, "")}/${id}`;
      const before = await target.offsetOf(url);
      want(before === 0, `HEAD told ${before}`);
      const answer = await target.patch(url, { offset: 0, body: bytes(10) });
      want(answer.status === 204, answer.seen());
      want((await view(target, url)).status === COMPLETE, "it is not complete");
    },
  },
  {
    id: "contract/final-file",
    level: "MUST",
    extension,
    clause: "tus 1.0.0 — /api/tus, concatenation",
    text: "a final upload's file is its partials' bytes in the order they were named, repeats included",
    async run(target) {
      const first = await partial(target, 50_000);
      const second = await partial(target, 60_000, { from: 50_000 });
      const named = { "Upload-Metadata": metadata({ filename: "whole.bin" }) };
      const answer = await concatenate(target, [first, second], named);
      const url = await finished(target, answer);
      want((await download(target, url)).equals(bytes(110_000)), "other bytes came back");
      want((await view(target, url)).status === COMPLETE, "it is not complete");
    },
  },
  {
    id: "contract/final-again",
    level: "MUST",
    extension,
    clause: "tus 1.0.0 — /api/tus, concatenation",
    text: "the same final upload asked for again is answered with the same Location",
    async run(target) {
      const parts = [await partial(target, 5), await partial(target, 6, { from: 5 })];
      const first = await concatenate(target, parts);
      await finished(target, first);
      const again = await concatenate(target, parts);
      want(again.status === 201, again.seen());
      want(again.header("location") === first.header("location"), again.seen("location"));
    },
  },
  {
    id: "contract/partials-in-two-files",
    level: "MUST",
    extension,
    clause: "tus 1.0.0 — /api/tus, concatenation",
    text: "partials used again, some sent anew, make a second file of its own, whatever becomes of the first",
    async run(target) {
      const parts = [
        await partial(target, 50_000),
        await partial(target, 60_000, { from: 50_000 }),
      ];
      const first = await finished(target, await concatenate(target, parts));
      const again = await partial(target, 50_000);
      const mixed = await concatenate(target, [again, parts[1] ?? ""]);
      const second = await finished(target, mixed);
      want(first !== second, `both are ${first}`);
      const gone = await target.send(first, { method: "DELETE" });
      want(gone.status === 204, gone.seen());
      want((await download(target, second)).equals(bytes(110_000)), "other bytes came back");
    },
  },
  {
    id: "contract/unfinished-partial",
    level: "MUST",
    extension,
    clause: "tus 1.0.0 — /api/tus, concatenation",
    text: "a final upload of an unfinished partial is 400, of somebody else's 404",
    async run(target) {
      const whole = await partial(target, 5);
      const fields = { "Upload-Length": "6", "Upload-Concat": "partial" };
      const begun = await target.create(fields);
      const unfinished = await concatenate(target, [whole, begun]);
      want(unfinished.status === 400, unfinished.seen());
      const { stranger } = target;
      if (stranger === null) throw new NotSeen("no token of somebody else was given");
      const foreign = await partial(stranger, 5);
      const answer = await concatenate(target, [whole, foreign]);
      want(answer.status === 404, answer.seen());
    },
  },
];
