import { beginUpload } from "../../support/begin-upload.ts";
import { editRecords } from "../../support/edit-records.ts";
import { send } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";
import {
  at,
  CHUNK,
  completed,
  type ErrorRow,
  elsewhere,
  expired,
  LIMIT,
  put,
  QUOTA,
  type Scene,
  SIZE,
} from "./error-rows.ts";

const door = "raw";

/** Sets 1,024 separate ranges beyond the offset: no further one is allowed. */
async function scatter({ app, upload }: Scene): Promise<void> {
  const beyond = Array.from({ length: 1_024 }, (_, index) => [2 * index + 1, 2 * index + 2]);
  const set = { beyond: JSON.stringify(beyond), size: LIMIT, chunkSize: CHUNK };
  await editRecords(app.dataDir, "ChunkedUpload", { id: upload.id, set });
}

/** The error table at the raw door: at least one row per code. */
export const rawRows: readonly ErrorRow[] = [
  {
    ...{ door, code: "UNAUTHENTICATED", status: 401, when: "there is no credential" },
    detail: "Authentication credentials were not provided.",
    ask: ({ upload }) => send(upload.target.url),
  },
  {
    ...{ door, code: "CROSS_ORIGIN", status: 403, when: "a page of another site sends the cookie" },
    ask: async (scene) =>
      send(scene.upload.target.url, { method: "DELETE", headers: await elsewhere(scene) }),
  },
  {
    ...{ door, code: "NOT_FOUND", status: 404, when: "the id is unknown", detail: "Not found." },
    ask: ({ app, upload }) =>
      send(`${app.url}/api/uploads/11111111-2222-4333-8444-555555555555`, {
        headers: { ...upload.target.headers },
      }),
  },
  {
    ...{ door, code: "NOT_FOUND", status: 404, when: "the id is not a UUID" },
    ask: ({ app, upload }) =>
      send(`${app.url}/api/uploads/1%20OR%201`, { headers: { ...upload.target.headers } }),
  },
  {
    ...{ door, code: "METHOD_NOT_ALLOWED", status: 405, when: "the path does not have the method" },
    details: { allowed: ["GET", "HEAD", "PUT", "DELETE"] },
    ask: (scene) => at(scene, { method: "PATCH" }),
  },
  {
    ...{ door, code: "INVALID_INPUT", status: 400, when: "Content-Digest is malformed" },
    ask: (scene) => put(scene, { headers: { "content-digest": "sha-256=nonsense" } }),
  },
  {
    ...{ door, code: "UNSUPPORTED_MEDIA_TYPE", status: 415, when: "the body is a form" },
    ask: (scene) => put(scene, { headers: { "content-type": "multipart/form-data; boundary=x" } }),
  },
  {
    ...{ door, code: "UNSUPPORTED_MEDIA_TYPE", status: 415, when: "the body is compressed" },
    ask: (scene) => put(scene, { headers: { "content-encoding": "gzip" } }),
  },
  {
    ...{ door, code: "EXPIRED", status: 410, when: "the upload expired" },
    detail: "Upload has expired",
    ask: async (scene) => {
      await expired(scene);
      return put(scene);
    },
  },
  {
    ...{ door, code: "ALREADY_COMPLETE", status: 400, when: "bytes follow completion" },
    detail: 'Upload has already been marked as "complete"',
    ask: async (scene) => {
      await completed(scene);
      return put(scene);
    },
  },
  {
    ...{ door, code: "BAD_CONTENT_RANGE", status: 400, when: "the header is missing" },
    detail: "Error in request headers",
    ask: (scene) => put(scene, { range: null }),
  },
  {
    ...{ door, code: "BAD_CONTENT_RANGE", status: 400, when: "the header is malformed" },
    ask: (scene) => put(scene, { range: `octets 0-9/${SIZE}` }),
  },
  {
    ...{ door, code: "BAD_CONTENT_RANGE", status: 400, when: "TOTAL is * although it is known" },
    ask: (scene) => put(scene, { range: "bytes 0-9/*" }),
  },
  {
    ...{ door, code: "CHUNK_EXCEEDS_TOTAL", status: 400, when: "END is not below TOTAL" },
    detail: `End of chunk exceeds reported total (${SIZE} bytes)`,
    ask: (scene) => put(scene, { range: `bytes ${SIZE - 9}-${SIZE}/${SIZE}` }),
  },
  {
    ...{ door, code: "TOO_LARGE", status: 400, when: "TOTAL is over the limit" },
    detail: `Size of file exceeds the limit (${LIMIT} bytes)`,
    ask: (scene) => put(scene, { range: `bytes 0-9/${LIMIT + 1}` }),
  },
  {
    ...{ door, code: "TOO_LARGE", status: 400, when: "TOTAL has thirty digits" },
    ask: (scene) => put(scene, { range: `bytes 0-9/${"9".repeat(30)}` }),
  },
  {
    ...{ door, code: "TOTAL_MISMATCH", status: 400, when: "TOTAL differs from the earlier one" },
    detail: "Total size does not match",
    ask: (scene) => put(scene, { range: `bytes 0-9/${SIZE + 1}` }),
  },
  {
    ...{ door, code: "SIZE_MISMATCH", status: 400, when: "Content-Length differs from the range" },
    detail: "File size doesn't match headers: file size is 11 but 10 reported",
    ask: (scene) => put(scene, { bytes: 11 }),
  },
  {
    ...{ door, code: "SIZE_MISMATCH", status: 400, when: "END is less than START" },
    ask: (scene) => put(scene, { range: `bytes 9-0/${SIZE}` }),
  },
  {
    ...{
      door,
      code: "SIZE_MISMATCH",
      status: 400,
      when: "a body without Content-Length is too long",
    },
    ask: ({ upload }) =>
      send(upload.target.url, {
        method: "PUT",
        headers: { ...upload.target.headers, "content-range": `bytes 0-9/${SIZE}` },
        body: pieces(4, 4, 4),
      }),
  },
  {
    ...{ door, code: "OFFSET_MISMATCH", status: 400, when: "START is not the offset" },
    detail: "Offsets do not match",
    details: { expected_offset: 0, provided_offset: 10 },
    ask: (scene) => put(scene, { range: `bytes 10-19/${SIZE}` }),
  },
  {
    ...{ door, code: "CHUNK_CHECKSUM_MISMATCH", status: 400, when: "the digest differs" },
    ask: (scene) => put(scene, { headers: { "content-digest": "md5=:1B2M2Y8AsgTpgAmY7PhCfg==:" } }),
  },
  {
    ...{ door, code: "NOT_COMPLETE", status: 409, when: "an unfinished file is downloaded" },
    ask: (scene) => at(scene, { path: "/file" }),
  },
  {
    ...{
      door,
      code: "RANGE_NOT_SATISFIABLE",
      status: 416,
      when: "the range is beyond the end of the file",
    },
    details: { size: SIZE },
    ask: async (scene) => {
      await completed(scene);
      return at(scene, { path: "/file", headers: { range: `bytes=${SIZE}-` } });
    },
  },
  {
    ...{ door, code: "REJECTED", status: 400, when: "the first bytes are of a refused type" },
    ask: async ({ app, upload }) => {
      const file = randomFile(10_000);
      const { headers } = upload.target;
      const init = { profile: "picture", contentType: "image/png" };
      const picture = await beginUpload({ url: app.url, headers, file, init });
      return picture.send({ start: 0, end: file.size });
    },
  },
  {
    ...{
      door,
      code: "BUSY",
      status: 423,
      retryAfter: true,
      when: "there are 1,024 separate ranges",
    },
    ask: async (scene) => {
      await scatter(scene);
      const start = 15 * CHUNK;
      const range = `bytes ${start}-${LIMIT - 1}/${LIMIT}`;
      return put(scene, { range, bytes: LIMIT - start });
    },
  },
  {
    ...{ door, code: "UNAVAILABLE", status: 503, retryAfter: true, when: "the server is stopping" },
    ask: async (scene) => {
      await scene.app.application.drain(1);
      return put(scene);
    },
  },
];

/** Codes that have no row here, and why. */
export const notAtRaw = {
  UNSUPPORTED_VERSION: "tus only",
  NO_CHUNK: "drf only",
  BODY_TOO_LARGE: "control requests only",
  CHECKSUM_REQUIRED: "of complete",
  CHECKSUM_MISMATCH: "of complete",
  INCOMPLETE: "of complete",
  QUOTA_EXCEEDED: `of init (${QUOTA} bytes)`,
  RATE_LIMITED: "of sign-in, tested there",
  STORAGE_FULL: "needs a disk that is full: full-disk.test.ts",
};

async function* pieces(...lengths: number[]): AsyncGenerator<Uint8Array> {
  for (const length of lengths) yield new Uint8Array(length);
}
