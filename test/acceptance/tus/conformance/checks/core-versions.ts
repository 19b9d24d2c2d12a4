import { bytes } from "../bytes.ts";
import { type Check, want } from "../check.ts";
import type { Answer } from "../exchange.ts";
import { offsetType } from "../target.ts";

const clause = "Core Protocol, Headers, Tus-Resumable";
const unknown = { "Tus-Resumable": "0.0.1" };

export const versionChecks: readonly Check[] = [
  {
    id: "versions/in-successes",
    level: "MUST",
    extension: "core",
    clause,
    text: "POST, HEAD, PATCH and DELETE are answered with Tus-Resumable: 1.0.0",
    async run(target) {
      const made = await target.post({ "Upload-Length": "10" });
      const url = target.locate(made);
      const answers = [made, await target.head(url)];
      answers.push(await target.patch(url, { offset: 0, body: bytes(10) }));
      if (target.offers("termination")) answers.push(await target.send(url, { method: "DELETE" }));
      for (const answer of answers) carriesVersion(answer);
    },
  },
  {
    id: "versions/in-refusals",
    level: "MUST",
    extension: "core",
    clause,
    text: "refusals (unknown upload, wrong offset, type or version, no length) carry Tus-Resumable too",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const body = bytes(5);
      carriesVersion(await target.head(`${url}0`));
      carriesVersion(await target.patch(url, { offset: 7, body }));
      const headers = { "Content-Type": "text/plain" };
      carriesVersion(await target.patch(url, { offset: 0, body, headers }));
      carriesVersion(await target.send(url, { method: "HEAD", headers: unknown }));
      carriesVersion(await target.post({}));
    },
  },
  {
    id: "versions/unknown-on-creation",
    level: "MUST",
    extension: "core",
    clause,
    text: "a POST in an unknown version is answered 412 with Tus-Version, and makes nothing",
    needs: ["creation"],
    async run(target) {
      const answer = await target.post({ "Upload-Length": "10", ...unknown });
      refusesVersion(answer);
      want(answer.header("location") === undefined, answer.seen("location"));
    },
  },
  {
    id: "versions/unknown-on-head",
    level: "MUST",
    extension: "core",
    clause,
    text: "a HEAD in an unknown version is answered 412 with Tus-Version",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      refusesVersion(await target.send(url, { method: "HEAD", headers: unknown }));
    },
  },
  {
    id: "versions/unknown-on-patch",
    level: "MUST",
    extension: "core",
    clause,
    text: "a PATCH in an unknown version is answered 412 with Tus-Version, and not processed",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      refusesVersion(await target.patch(url, { offset: 0, body: bytes(10), headers: unknown }));
      const offset = await target.offsetOf(url);
      want(offset === 0, `the offset became ${offset}`);
    },
  },
  {
    id: "versions/unknown-on-delete",
    level: "MUST",
    extension: "core",
    clause,
    text: "a DELETE in an unknown version is answered 412 with Tus-Version, and not processed",
    needs: ["termination"],
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      refusesVersion(await target.send(url, { method: "DELETE", headers: unknown }));
      await target.offsetOf(url);
    },
  },
  {
    id: "versions/header-names",
    level: "MUST",
    extension: "core",
    clause: "RFC 9110, 5.1 (field names are case-insensitive)",
    text: "header names count in lower case and in upper case",
    async run(target) {
      const lower = { "Tus-Resumable": null, "tus-resumable": "1.0.0", "upload-length": "10" };
      const url = await target.create(lower);
      const body = bytes(10);
      const headers = {
        "TUS-RESUMABLE": "1.0.0",
        "UPLOAD-OFFSET": "0",
        "CONTENT-TYPE": offsetType,
      };
      const answer = await target.send(url, { method: "PATCH", headers, body });
      want(answer.status === 204, answer.seen());
    },
  },
];

function carriesVersion(answer: Answer): void {
  want(answer.header("tus-resumable") === "1.0.0", answer.seen("tus-resumable"));
}

function refusesVersion(answer: Answer): void {
  want(answer.status === 412, answer.seen("tus-version"));
  want((answer.header("tus-version") ?? "").includes("1.0.0"), answer.seen("tus-version"));
}
