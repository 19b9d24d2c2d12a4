import { bytes } from "../bytes.ts";
import { type Check, want } from "../check.ts";
import { offsetType } from "../target.ts";

const clause = "Core Protocol, Headers, X-HTTP-Method-Override";
const append = { "Content-Type": offsetType, "Upload-Offset": "0" };
const override = (method: string) => ({ "X-HTTP-Method-Override": method });

export const overrideChecks: readonly Check[] = [
  {
    id: "override/patch-by-post",
    level: "MUST",
    extension: "core",
    clause,
    text: "POST with X-HTTP-Method-Override: PATCH is a PATCH",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const headers = { ...append, ...override("PATCH") };
      const answer = await target.send(url, { method: "POST", headers, body: bytes(10) });
      want(answer.status === 204, answer.seen());
      want(answer.header("upload-offset") === "10", answer.seen());
    },
  },
  {
    id: "override/delete-by-post",
    level: "MUST",
    extension: "core",
    clause,
    text: "POST with X-HTTP-Method-Override: DELETE is a DELETE",
    needs: ["termination"],
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const headers = override("DELETE");
      const answer = await target.send(url, { method: "POST", headers, body: bytes(0) });
      want(answer.status === 204, answer.seen());
      const after = await target.head(url);
      want(after.status === 404 || after.status === 410, `after it, ${after.seen()}`);
    },
  },
  {
    id: "override/head-by-get",
    level: "MUST",
    extension: "core",
    clause,
    text: "GET with X-HTTP-Method-Override: HEAD tells the offset",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const answer = await target.send(url, { method: "GET", headers: override("HEAD") });
      want(answer.header("upload-offset") === "0", answer.seen("upload-offset"));
    },
  },
  {
    id: "override/actual-method-is-ignored",
    level: "MUST",
    extension: "core",
    clause,
    text: "PATCH with X-HTTP-Method-Override: HEAD appends nothing",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const headers = { ...append, ...override("HEAD") };
      await target.send(url, { method: "PATCH", headers, body: bytes(10) });
      const offset = await target.offsetOf(url);
      want(offset === 0, `the offset became ${offset}`);
    },
  },
];
