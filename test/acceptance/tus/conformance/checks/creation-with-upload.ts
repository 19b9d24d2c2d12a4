import { bytes, checksumOf } from "../bytes.ts";
import { type Check, want } from "../check.ts";
import { isRefusal, offsetType } from "../target.ts";

const clause = "Creation With Upload";

export const creationWithUploadChecks: readonly Check[] = [
  {
    id: "creation-with-upload/needs-creation",
    level: "MUST",
    extension: "creation-with-upload",
    clause,
    text: "it is not offered without creation",
    async run({ offer }) {
      want(offer.extensions.includes("creation"), offer.answer.seen("tus-extension"));
    },
  },
  {
    id: "creation-with-upload/whole-file",
    level: "MUST",
    extension: "creation-with-upload",
    clause,
    text: "a POST with the whole file is answered with Upload-Offset: its length",
    async run(target) {
      const answer = await target.post({ "Upload-Length": "70000" }, bytes(70_000));
      want(answer.status === 201, answer.seen());
      want(answer.header("upload-offset") === "70000", answer.seen());
      const offset = await target.offsetOf(target.locate(answer));
      want(offset === 70_000, `HEAD then told ${offset}`);
    },
  },
  {
    id: "creation-with-upload/first-part",
    level: "MUST",
    extension: "creation-with-upload",
    clause,
    text: "a POST with a first part is answered with the offset behind it, and a PATCH continues",
    async run(target) {
      const made = await target.post({ "Upload-Length": "10" }, bytes(4));
      want(made.header("upload-offset") === "4", made.seen());
      const url = target.locate(made);
      const answer = await target.patch(url, { offset: 4, body: bytes(6, 4) });
      want(answer.status === 204 && answer.header("upload-offset") === "10", answer.seen());
    },
  },
  {
    id: "creation-with-upload/as-much-as-possible",
    level: "SHOULD",
    extension: "creation-with-upload",
    clause,
    text: "the server accepts all bytes of a body that fits",
    async run(target) {
      const length = 2 ** 20;
      const answer = await target.post({ "Upload-Length": String(2 * length) }, bytes(length));
      want(answer.header("upload-offset") === String(length), answer.seen());
    },
  },
  {
    id: "creation-with-upload/content-type",
    level: "SHOULD",
    extension: "creation-with-upload",
    clause: `${clause} (the rules of PATCH apply)`,
    text: "a body of another Content-Type is not taken for the file's bytes",
    async run(target) {
      const headers = { "Upload-Length": "10", "Content-Type": "text/plain" };
      const answer = await target.post(headers, bytes(10));
      if (isRefusal(answer)) return;
      want(answer.status === 201, answer.seen());
      const offset = await target.offsetOf(target.locate(answer));
      want(offset === 0, `the offset is ${offset}`);
    },
  },
  {
    id: "creation-with-upload/never-beyond-the-length",
    level: "MUST",
    extension: "creation-with-upload",
    clause: "Core Protocol, Headers, Upload-Length (the size of the entire upload)",
    text: "a body longer than Upload-Length makes no offset beyond it",
    async run(target) {
      const answer = await target.post({ "Upload-Length": "10" }, bytes(25));
      want(answer.status < 500, answer.seen());
      if (answer.header("location") === undefined) return;
      const offset = await target.offsetOf(target.locate(answer));
      want(offset <= 10, `the offset is ${offset}`);
    },
  },
  {
    id: "creation-with-upload/wrong-checksum",
    level: "MUST",
    extension: "creation-with-upload",
    clause: "Checksum (the uploaded chunk MUST be discarded), by the rules of PATCH",
    text: "a body whose Upload-Checksum is wrong does not count",
    needs: ["checksum"],
    async run(target) {
      const wrong = checksumOf("sha1", bytes(10, 1)) ?? "";
      const headers = { "Upload-Length": "10", "Upload-Checksum": wrong };
      const answer = await target.post(headers, bytes(10));
      if (answer.header("location") === undefined) return want(isRefusal(answer), answer.seen());
      const offset = await target.offsetOf(target.locate(answer));
      want(offset === 0, `${answer.seen()}; then the offset is ${offset}`);
    },
  },
  {
    id: "creation-with-upload/early-feedback",
    level: "SHOULD",
    extension: "creation-with-upload",
    clause,
    text: "Expect: 100-continue is understood: the file follows and counts",
    async run(target) {
      const headers = { "Upload-Length": "10", Expect: "100-continue", "Content-Length": "10" };
      const typed = { ...headers, "Content-Type": offsetType };
      const answer = await target.send(target.url, {
        method: "POST",
        headers: typed,
        body: bytes(10),
        waitsForContinue: true,
      });
      want(answer.status === 201, answer.seen());
      want(answer.header("upload-offset") === "10", answer.seen());
    },
  },
];
