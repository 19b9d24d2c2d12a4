import { editRecords } from "../../support/edit-records.ts";
import type { WholeAnswer } from "../../support/http-client.ts";
import { TUS_TYPE, type TusCaller, tusCaller } from "../../support/tus-client.ts";
import {
  completed,
  type ErrorRow,
  elsewhere,
  expired,
  LIMIT,
  QUOTA,
  type Scene,
  SIZE,
  sendAll,
} from "./error-rows.ts";

const door = "tus";

function caller({ app, upload }: Scene): { tus: TusCaller; url: string } {
  const tus = tusCaller(app.url, upload.target.headers);
  return { tus, url: `${tus.endpoint}/${upload.id}` };
}

function patch(
  scene: Scene,
  ask: { at?: number; body?: string; headers?: Record<string, string> } = {},
): Promise<WholeAnswer> {
  const { tus, url } = caller(scene);
  return tus.patch(url, { at: 0, body: "0123456789", ...ask });
}

function post(scene: Scene, headers: Record<string, string>, body?: string): Promise<WholeAnswer> {
  const { tus } = caller(scene);
  return tus.ask("POST", tus.endpoint, { headers, body });
}

/** The error table at the tus door: at least one row per code. */
export const tusRows: readonly ErrorRow[] = [
  {
    ...{ door, code: "UNAUTHENTICATED", status: 401, when: "there is no credential" },
    ask: (scene) => patch(scene, { headers: { authorization: "" } }),
  },
  {
    ...{ door, code: "CROSS_ORIGIN", status: 403, when: "a page of another site sends the cookie" },
    ask: async (scene) =>
      patch(scene, { headers: { authorization: "", ...(await elsewhere(scene)) } }),
  },
  {
    ...{ door, code: "NOT_FOUND", status: 404, when: "the id is unknown", detail: "Not found." },
    ask: (scene) => {
      const { tus } = caller(scene);
      const url = `${tus.endpoint}/11111111-2222-4333-8444-555555555555`;
      return tus.patch(url, { at: 0, body: "x" });
    },
  },
  {
    ...{ door, code: "METHOD_NOT_ALLOWED", status: 405, when: "the path does not have the method" },
    details: { allowed: ["GET", "HEAD", "PATCH", "DELETE"] },
    ask: (scene) => {
      const { tus, url } = caller(scene);
      return tus.ask("PUT", url);
    },
  },
  {
    ...{ door, code: "INVALID_INPUT", status: 400, when: "a header is malformed" },
    ask: (scene) => patch(scene, { headers: { "upload-offset": "ten" } }),
  },
  {
    ...{ door, code: "UNSUPPORTED_MEDIA_TYPE", status: 415, when: "the body is of another type" },
    ask: (scene) => patch(scene, { headers: { "content-type": "application/octet-stream" } }),
  },
  {
    ...{ door, code: "UNSUPPORTED_VERSION", status: 412, when: "the version is missing" },
    details: { supported: ["1.0.0"] },
    ask: (scene) => patch(scene, { headers: { "tus-resumable": "" } }),
  },
  {
    ...{ door, code: "EXPIRED", status: 410, when: "the upload expired" },
    ask: async (scene) => {
      await expired(scene);
      return patch(scene);
    },
  },
  {
    ...{ door, code: "ALREADY_COMPLETE", status: 400, when: "bytes are sent to a complete upload" },
    ask: async (scene) => {
      await completed(scene);
      return patch(scene, { at: SIZE });
    },
  },
  {
    ...{ door, code: "ALREADY_COMPLETE", status: 403, when: "bytes are sent to a final upload" },
    ask: async (scene) => {
      const { tus } = caller(scene);
      const partial = { "upload-concat": "partial", "upload-length": "0" };
      const list = { "upload-concat": `final;${await tus.create(partial)}` };
      return tus.patch(await tus.create(list), { at: 0, body: "x" });
    },
  },
  {
    ...{ door, code: "CHUNK_EXCEEDS_TOTAL", status: 400, when: "the body exceeds the length" },
    ask: (scene) => patch(scene, { body: "x".repeat(SIZE + 1) }),
  },
  {
    ...{ door, code: "TOTAL_MISMATCH", status: 400, when: "Upload-Length differs" },
    ask: (scene) => patch(scene, { headers: { "upload-length": String(SIZE + 1) } }),
  },
  {
    ...{
      door,
      code: "SIZE_MISMATCH",
      status: 400,
      when: "a body without Content-Length is too long",
    },
    ask: async (scene) => {
      await completed(scene);
      const { tus, url } = caller(scene);
      return tus.patch(url, { at: SIZE, body: oneByte() });
    },
  },
  {
    ...{ door, code: "TOO_LARGE", status: 413, when: "the upload is over the limit" },
    details: { limit: LIMIT },
    ask: (scene) => post(scene, { "upload-length": String(LIMIT + 1) }),
  },
  {
    ...{ door, code: "OFFSET_MISMATCH", status: 409, when: "the body starts elsewhere" },
    details: { expected_offset: 0, provided_offset: 10 },
    ask: (scene) => patch(scene, { at: 10 }),
  },
  {
    ...{
      door,
      code: "CHUNK_CHECKSUM_MISMATCH",
      status: 460,
      when: "the checksum differs",
    },
    ask: (scene) =>
      patch(scene, { headers: { "upload-checksum": "md5 1B2M2Y8AsgTpgAmY7PhCfg==" } }),
  },
  {
    ...{ door, code: "INCOMPLETE", status: 400, when: "a partial upload is not complete" },
    ask: async (scene) => {
      const { tus } = caller(scene);
      const partial = await tus.create({ "upload-concat": "partial", "upload-length": "10" });
      return post(scene, { "upload-concat": `final;${partial}` });
    },
  },
  {
    ...{ door, code: "REJECTED", status: 400, when: "the profile is unknown" },
    ask: (scene) => post(scene, { "upload-length": "10", "upload-metadata": "profile bm9uZQ==" }),
  },
  {
    ...{ door, code: "REJECTED", status: 400, when: "the first bytes are of a refused type" },
    ask: (scene) => {
      const picture = { "upload-length": "10", "upload-metadata": "profile cGljdHVyZQ==" };
      return post(scene, { ...picture, "content-type": TUS_TYPE }, "0123456789");
    },
  },
  {
    ...{ door, code: "QUOTA_EXCEEDED", status: 413, when: "the upload is over the quota" },
    details: { quota: QUOTA },
    ask: async (scene) => {
      for (let at = 0; at < QUOTA / LIMIT - 1; at += 1) {
        await caller(scene).tus.create({ "upload-length": String(LIMIT) });
      }
      return post(scene, { "upload-length": String(LIMIT) });
    },
  },
  {
    ...{ door, code: "BUSY", status: 423, retryAfter: true, when: "the digest cannot be read" },
    ask: async (scene) => {
      await sendAll(scene);
      // An invalid digest state: the server must read the prefix again, which takes time.
      const set = { origin: "tus", size: SIZE, digestState: new Uint8Array([1]) };
      await editRecords(scene.app.dataDir, "ChunkedUpload", { id: scene.upload.id, set });
      return patch(scene, { at: SIZE, body: "" });
    },
  },
  {
    ...{ door, code: "UNAVAILABLE", status: 503, retryAfter: true, when: "the server is stopping" },
    ask: async (scene) => {
      await scene.app.application.drain(1);
      return patch(scene);
    },
  },
];

async function* oneByte(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1);
}

/** Codes that have no row here, and why. */
export const notAtTus = {
  NO_CHUNK: "drf only",
  BAD_CONTENT_RANGE: "a header of other doors",
  BODY_TOO_LARGE: "control requests only",
  CHECKSUM_REQUIRED: "of complete: tus needs none",
  CHECKSUM_MISMATCH: "of complete",
  NOT_COMPLETE: "of downloads",
  RANGE_NOT_SATISFIABLE: "of downloads",
  RATE_LIMITED: "of sign-in, tested there",
  STORAGE_FULL: "needs a disk that is full",
};
