import { DrfClient } from "../../support/drf-client.ts";
import { send } from "../../support/http-client.ts";
import { client, complete, create, nobodysId, put, ten } from "./drf-requests.ts";
import { drfCompletionRows } from "./error-rows.drf-completion.ts";
import { completed, type ErrorRow, elsewhere, expired, LIMIT, QUOTA, SIZE } from "./error-rows.ts";

const door = "drf";

/** The error table at the drf door: every check that docs/protocol.md lists. */
export const drfRows: readonly ErrorRow[] = [
  ...drfCompletionRows,
  {
    ...{ door, code: "UNAUTHENTICATED", status: 401, when: "there is no credential" },
    detail: "Authentication credentials were not provided.",
    ask: ({ app, upload }) => send(`${app.url}/api/chunked_upload/${upload.id}/`),
  },
  {
    ...{ door, code: "UNAUTHENTICATED", status: 401, when: "a chunk is sent without a credential" },
    detail: "Upload requires user authentication but user cannot be determined",
    ask: ({ app }) => new DrfClient(app.url, {}).put({ bytes: ten }),
  },
  {
    ...{
      door,
      code: "UNAUTHENTICATED",
      status: 401,
      when: "a whole file is sent without a credential",
    },
    detail: "Upload requires user authentication but user cannot be determined",
    ask: ({ app }) => new DrfClient(app.url, {}).whole({ bytes: ten }),
  },
  {
    ...{ door, code: "CROSS_ORIGIN", status: 403, when: "a page of another site sends the cookie" },
    ask: async (scene) =>
      new DrfClient(scene.app.url, await elsewhere(scene)).put({ bytes: ten, total: SIZE }),
  },
  {
    ...{ door, code: "METHOD_NOT_ALLOWED", status: 405, when: "the path does not have the method" },
    details: { allowed: ["GET", "HEAD", "PUT", "POST"] },
    ask: (scene) => client(scene).ask("DELETE", client(scene).at),
  },
  {
    ...{ door, code: "UNSUPPORTED_MEDIA_TYPE", status: 415, when: "the body is not a form" },
    detail: 'Unsupported media type "application/octet-stream" in request.',
    ask: (scene) => put(scene, { headers: { "content-type": "application/octet-stream" } }),
  },
  {
    ...{ door, code: "UNSUPPORTED_MEDIA_TYPE", status: 415, when: "the body is compressed" },
    ask: (scene) => put(scene, { headers: { "content-encoding": "gzip" } }),
  },
  {
    ...{ door, code: "INVALID_INPUT", status: 400, when: "the form has no boundary" },
    detail: "The form is malformed. Its Content-Type has no boundary.",
    ask: (scene) => put(scene, { headers: { "content-type": "multipart/form-data" } }),
  },
  {
    ...{ door, code: "INVALID_INPUT", status: 400, when: "the form ends too early" },
    detail: "The form is malformed. It ends before its closing boundary.",
    ask: (scene) =>
      put(scene, { headers: { "content-type": "multipart/form-data; boundary=another" } }),
  },
  {
    ...{ door, code: "INVALID_INPUT", status: 400, when: "the JSON is malformed" },
    ask: (scene) =>
      client(scene).ask("POST", client(scene).urlOf(scene.upload.id), {
        headers: { "content-type": "application/json" },
        body: '{"md5":',
      }),
  },
  {
    ...{ door, code: "BODY_TOO_LARGE", status: 413, when: "the completing form is over 1 MiB" },
    ask: (scene) => complete(scene, { md5: "x".repeat(2 ** 20 + 1) }),
  },
  {
    ...{
      door,
      code: "BODY_TOO_LARGE",
      status: 413,
      when: "the form is too large in addition to the chunk",
    },
    ask: (scene) => put(scene, { fields: { much: "x".repeat(200_000) } }),
  },

  // The checks of PUT, in their order.
  {
    ...{ door, code: "NO_CHUNK", status: 400, when: "the field has no chunk" },
    detail: "No chunk file was submitted",
    ask: (scene) => put(scene, { field: "my_file" }),
  },
  {
    ...{ door, code: "NO_CHUNK", status: 400, when: "there is no body at all" },
    detail: "No chunk file was submitted",
    ask: (scene) => client(scene).ask("PUT", client(scene).at),
  },
  {
    ...{ door, code: "NO_CHUNK", status: 400, when: "the form is urlencoded" },
    detail: "No chunk file was submitted",
    ask: (scene) =>
      client(scene).ask("POST", client(scene).at, {
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "md5=abc",
      }),
  },
  {
    ...{ door, code: "BAD_CONTENT_RANGE", status: 400, when: "the header is missing" },
    detail: "Error in request headers",
    ask: (scene) => put(scene, { range: null }),
  },
  {
    ...{ door, code: "BAD_CONTENT_RANGE", status: 400, when: "the header is malformed" },
    detail: "Error in request headers",
    ask: (scene) => create(scene, { range: "bytes nonsense" }),
  },
  {
    ...{ door, code: "BAD_CONTENT_RANGE", status: 400, when: "the header has no total" },
    detail: "Error in request headers",
    ask: (scene) => create(scene, { range: "bytes 0-9/*" }),
  },
  {
    ...{ door, code: "CHUNK_EXCEEDS_TOTAL", status: 400, when: "END is TOTAL" },
    detail: "End of chunk exceeds reported total (9 bytes)",
    ask: (scene) => create(scene, { range: "bytes 0-9/9" }),
  },
  {
    ...{ door, code: "TOO_LARGE", status: 400, when: "TOTAL is over the limit" },
    detail: `Size of file exceeds the limit (${LIMIT} bytes)`,
    ask: (scene) => create(scene, { total: LIMIT + 1 }),
  },
  {
    ...{ door, code: "TOO_LARGE", status: 400, when: "TOTAL has thirty digits" },
    detail: `Size of file exceeds the limit (${LIMIT} bytes)`,
    ask: (scene) => put(scene, { range: `bytes 0-9/${"9".repeat(30)}` }),
  },
  {
    ...{ door, code: "TOO_LARGE", status: 400, when: "TOTAL is over the limit, for an unknown id" },
    detail: `Size of file exceeds the limit (${LIMIT} bytes)`,
    ask: (scene) => put(scene, { total: LIMIT + 1 }, nobodysId),
  },
  {
    ...{ door, code: "SIZE_MISMATCH", status: 400, when: "the chunk is longer than the range" },
    detail: "File size doesn't match headers: file size is 10 but 2 reported",
    ask: (scene) => create(scene, { range: `bytes 0-1/${SIZE}` }),
  },
  {
    ...{ door, code: "SIZE_MISMATCH", status: 400, when: "the chunk is shorter than the range" },
    detail: "File size doesn't match headers: file size is 10 but 20 reported",
    ask: (scene) => put(scene, { range: `bytes 0-19/${SIZE}` }),
  },
  {
    ...{ door, code: "SIZE_MISMATCH", status: 400, when: "END is less than START" },
    detail: "File size doesn't match headers: file size is 10 but -8 reported",
    ask: (scene) => put(scene, { range: `bytes 9-0/${SIZE}` }),
  },
  {
    ...{ door, code: "NOT_FOUND", status: 404, when: "the id is unknown", detail: "Not found." },
    ask: (scene) => put(scene, {}, nobodysId),
  },
  {
    ...{ door, code: "NOT_FOUND", status: 404, when: "the id is not a UUID", detail: "Not found." },
    ask: (scene) => put(scene, {}, "1%20OR%201"),
  },
  {
    ...{
      door,
      code: "NOT_FOUND",
      status: 404,
      when: "it belongs to another user",
      detail: "Not found.",
    },
    ask: async ({ app, upload }) => {
      const stranger = DrfClient.by(app.url, await app.token(await app.createUser()));
      return stranger.put({ bytes: ten, total: SIZE }, stranger.urlOf(upload.id));
    },
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
      return put(scene, { start: SIZE - 10 });
    },
  },
  {
    ...{ door, code: "TOTAL_MISMATCH", status: 400, when: "TOTAL differs from the earlier one" },
    detail: "Total size does not match",
    ask: (scene) => put(scene, { total: SIZE + 1 }),
  },
  {
    ...{ door, code: "OFFSET_MISMATCH", status: 400, when: "START is not the offset" },
    detail: "Offsets do not match",
    details: { expected_offset: 0, provided_offset: 10 },
    ask: (scene) => put(scene, { start: 10 }),
  },
  {
    ...{ door, code: "OFFSET_MISMATCH", status: 400, when: "the first chunk does not start at 0" },
    detail: "Offsets do not match",
    details: { expected_offset: 0, provided_offset: 5 },
    ask: (scene) => create(scene, { start: 5 }),
  },

  {
    ...{ door, code: "REJECTED", status: 400, when: "the first bytes are of a refused type" },
    ask: (scene) => create(scene, { fields: { filename: "a", profile: "picture" } }),
  },
  {
    ...{ door, code: "REJECTED", status: 400, when: "the file has no name" },
    detail: "The file has no name.",
    ask: (scene) => create(scene, { fields: {}, partName: null }),
  },
  {
    ...{ door, code: "QUOTA_EXCEEDED", status: 413, when: "the file is over the quota" },
    details: { quota: QUOTA },
    ask: async (scene) => {
      for (let index = 0; index < 2; index += 1) await create(scene, { total: LIMIT });
      return create(scene, { total: LIMIT });
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
export const notAtDrf = {
  UNSUPPORTED_VERSION: "tus only",
  CHUNK_CHECKSUM_MISMATCH: "chunks have no digests",
  NOT_COMPLETE: "of downloads",
  RANGE_NOT_SATISFIABLE: "of downloads",
  BUSY: "of a takeover: drf/mended-faults.test.ts",
  RATE_LIMITED: "of sign-in, tested there",
  STORAGE_FULL: "needs a disk that is full",
};
