import { bytes } from "../bytes.ts";
import { type Check, want } from "../check.ts";
import { isRefusal, type Target } from "../target.ts";

const clause = "Core Protocol, Requests, PATCH";

export const patchChecks: readonly Check[] = [
  {
    id: "patch/acknowledged",
    level: "MUST",
    extension: "core",
    clause,
    text: "a successful PATCH is answered 204 with the new Upload-Offset",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const answer = await target.patch(url, { offset: 0, body: bytes(10) });
      want(answer.status === 204, answer.seen());
      want(answer.header("upload-offset") === "10", answer.seen());
    },
  },
  {
    id: "patch/sum",
    level: "MUST",
    extension: "core",
    clause,
    text: "the new offset is the sum of the old one and the bytes received, request after request",
    async run(target) {
      const url = await target.create({ "Upload-Length": "300000" });
      let offset = 0;
      for (const length of [1, 100_000, 0, 99_999, 100_000]) {
        const answer = await target.patch(url, { offset, body: bytes(length, offset) });
        offset += length;
        want(answer.header("upload-offset") === String(offset), `+${length}: ${answer.seen()}`);
        const told = await target.offsetOf(url);
        want(told === offset, `HEAD told ${told} at ${offset}`);
      }
    },
  },
  {
    id: "patch/without-content-length",
    level: "MUST",
    extension: "core",
    clause,
    text: "a body in chunks, without Content-Length, counts for what arrived",
    async run(target) {
      const url = await target.create({ "Upload-Length": "70000" });
      const answer = await target.send(url, {
        method: "PATCH",
        headers: { "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0" },
        body: bytes(70_000),
        chunked: true,
      });
      want(answer.status === 204, answer.seen());
      want(answer.header("upload-offset") === "70000", answer.seen());
    },
  },
  {
    id: "patch/wrong-offset",
    level: "MUST",
    extension: "core",
    clause,
    text: "an offset that is not the upload's, before it or behind it, is answered 409",
    async run(target) {
      const url = await begun(target);
      for (const offset of [0, 3, 5, 10]) {
        const answer = await target.patch(url, { offset, body: bytes(2) });
        want(answer.status === 409, `offset ${offset} at 4: ${answer.seen()}`);
      }
    },
  },
  {
    id: "patch/wrong-offset-changes-nothing",
    level: "MUST",
    extension: "core",
    clause,
    text: "a PATCH at a wrong offset does not modify the upload",
    async run(target) {
      const url = await begun(target);
      for (const offset of [0, 5]) await target.patch(url, { offset, body: bytes(2) });
      await keeps(target, url, 4);
    },
  },
  {
    id: "patch/malformed-offset",
    level: "MUST",
    extension: "core",
    clause: "Core Protocol, Headers, Upload-Offset (a non-negative integer)",
    text: "an Upload-Offset that is missing or no non-negative integer is refused and changes nothing",
    async run(target) {
      const url = await begun(target);
      for (const value of [null, "", "-4", "4.0", "4,4", "0x4", "4e0", "four"]) {
        const headers = { "Upload-Offset": value };
        const answer = await target.patch(url, { offset: 4, body: bytes(2), headers });
        want(isRefusal(answer), `${value ?? "(missing)"}: ${answer.seen()}`);
      }
      await keeps(target, url, 4);
    },
  },
  {
    id: "patch/content-type",
    level: "SHOULD",
    extension: "core",
    clause,
    text: "another Content-Type than application/offset+octet-stream, or none, is answered 415",
    async run(target) {
      const url = await begun(target);
      for (const type of ["application/octet-stream", "text/plain", null]) {
        const headers = { "Content-Type": type };
        const answer = await target.patch(url, { offset: 4, body: bytes(2), headers });
        want(answer.status === 415, `${type ?? "(none)"}: ${answer.seen()}`);
      }
      await keeps(target, url, 4);
    },
  },
  {
    id: "patch/unknown",
    level: "SHOULD",
    extension: "core",
    clause,
    text: "an upload that does not exist is answered 404",
    async run(target) {
      const url = await target.create({ "Upload-Length": "10" });
      const unknown = url.replace(/[^/]+$/, "00000000-0000-4000-8000-000000000000");
      const answer = await target.patch(unknown, { offset: 0, body: bytes(10) });
      want(answer.status === 404, answer.seen());
    },
  },
  {
    id: "patch/never-beyond-the-length",
    level: "MUST",
    extension: "core",
    clause: "Core Protocol, Headers, Upload-Length (the size of the entire upload)",
    text: "the offset never passes Upload-Length, however many bytes are sent",
    async run(target) {
      for (const chunked of [false, true]) {
        const url = await target.create({ "Upload-Length": "10" });
        const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0" };
        await target.send(url, { method: "PATCH", headers, body: bytes(25), chunked });
        const offset = await target.offsetOf(url);
        want(
          offset <= 10,
          `${chunked ? "chunked" : "Content-Length"}: the offset became ${offset}`,
        );
      }
    },
  },
];

/** An upload of 10 bytes that holds 4. */
async function begun(target: Target): Promise<string> {
  const url = await target.create({ "Upload-Length": "10" });
  const answer = await target.patch(url, { offset: 0, body: bytes(4) });
  want(answer.status === 204, `the first four bytes: ${answer.seen()}`);
  return url;
}

async function keeps(target: Target, url: string, offset: number): Promise<void> {
  const told = await target.offsetOf(url);
  want(told === offset, `the offset went from ${offset} to ${told}`);
}
