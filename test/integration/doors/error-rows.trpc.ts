import { expect } from "vitest";
import { send } from "../../support/http-client.ts";
import {
  completed,
  type ErrorRow,
  elsewhere,
  expired,
  LIMIT,
  QUOTA,
  SIZE,
  sendAll,
  trpc,
} from "./error-rows.ts";

const door = "trpc";
const checksum = "00000000000000000000000000000000";
const query = "query" as const;

/** The error table at the tRPC door: at least one row per code. */
export const trpcRows: readonly ErrorRow[] = [
  {
    ...{ door, code: "UNAUTHENTICATED", status: 401, when: "there is no credential" },
    ask: (scene) =>
      trpc(scene, "uploads.status", { kind: query, headers: { authorization: "Bearer x" } }),
  },
  {
    ...{ door, code: "UNAUTHENTICATED", status: 401, when: "an API token creates a token" },
    ask: (scene) => trpc(scene, "tokens.create", { input: { name: "more" } }),
  },
  {
    ...{ door, code: "CROSS_ORIGIN", status: 403, when: "a page of another site sends the cookie" },
    ask: async (scene) => {
      const { app, upload } = scene;
      return send(`${app.url}/api/trpc/uploads.delete`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(await elsewhere(scene)) },
        body: JSON.stringify({ json: { id: upload.id } }),
      });
    },
  },
  {
    ...{ door, code: "NOT_FOUND", status: 404, when: "the id is unknown", detail: "Not found." },
    ask: (scene) =>
      trpc(scene, "uploads.status", {
        kind: query,
        input: { id: "11111111-2222-4333-8444-555555555555" },
      }),
  },
  {
    ...{ door, code: "NOT_FOUND", status: 404, when: "the id is not a UUID" },
    ask: (scene) => trpc(scene, "uploads.status", { kind: query, input: { id: "../secret" } }),
  },
  {
    ...{ door, code: "NOT_FOUND", status: 404, when: "the procedure is unknown" },
    ask: (scene) => trpc(scene, "uploads.explode"),
  },
  {
    ...{ door, code: "METHOD_NOT_ALLOWED", status: 405, when: "a mutation is sent by GET" },
    ask: (scene) => trpc(scene, "uploads.delete", { kind: query }),
  },
  {
    ...{ door, code: "INVALID_INPUT", status: 400, when: "a field has the wrong type" },
    details: { issues: { fieldErrors: { size: [expect.any(String)] } } },
    ask: (scene) => trpc(scene, "uploads.init", { input: { filename: "a", size: "large" } }),
  },
  {
    ...{ door, code: "INVALID_INPUT", status: 400, when: "the size is over 2^53 - 1" },
    ask: (scene) => trpc(scene, "uploads.init", { input: { filename: "a", size: 2 ** 53 } }),
  },
  {
    ...{ door, code: "INVALID_INPUT", status: 400, when: "the algorithm is unknown" },
    ask: (scene) =>
      trpc(scene, "uploads.init", {
        input: { filename: "a", size: 1, checksumAlgorithm: "rot13" },
      }),
  },
  {
    ...{ door, code: "INVALID_INPUT", status: 400, when: "the body is not JSON" },
    ask: ({ app, upload }) =>
      send(`${app.url}/api/trpc/uploads.init`, {
        method: "POST",
        headers: { ...upload.target.headers, "content-type": "application/json" },
        body: "{",
      }),
  },
  {
    ...{ door, code: "UNSUPPORTED_MEDIA_TYPE", status: 415, when: "the body is plain text" },
    ask: (scene) => trpc(scene, "uploads.delete", { headers: { "content-type": "text/plain" } }),
  },
  {
    ...{ door, code: "BODY_TOO_LARGE", status: 413, when: "the body is over 1 MiB" },
    ask: (scene) => trpc(scene, "uploads.init", { input: { filename: "x".repeat(2 ** 20 + 1) } }),
  },
  {
    ...{ door, code: "EXPIRED", status: 410, when: "the upload expired" },
    ask: async (scene) => {
      await expired(scene);
      return trpc(scene, "uploads.complete");
    },
  },
  {
    ...{ door, code: "TOO_LARGE", status: 400, when: "the size is over the limit" },
    details: { limit: LIMIT },
    detail: `Size of file exceeds the limit (${LIMIT} bytes)`,
    ask: (scene) => trpc(scene, "uploads.init", { input: { filename: "a", size: LIMIT + 1 } }),
  },
  {
    ...{ door, code: "CHECKSUM_REQUIRED", status: 400, when: "the checksum is missing" },
    detail: "Checksum of type 'md5' is required",
    details: { algorithm: "md5" },
    ask: async (scene) => {
      await sendAll(scene);
      return trpc(scene, "uploads.complete");
    },
  },
  {
    ...{ door, code: "INCOMPLETE", status: 400, when: "bytes are missing" },
    detail: "Upload is incomplete",
    details: { missing: [[10, SIZE]] },
    ask: async (scene) => {
      await scene.upload.send({ start: 0, end: 10 });
      return trpc(scene, "uploads.complete", { input: { id: scene.upload.id, checksum } });
    },
  },
  {
    ...{ door, code: "CHECKSUM_MISMATCH", status: 400, when: "the checksum differs" },
    detail: "checksum does not match",
    ask: async (scene) => {
      await sendAll(scene);
      return trpc(scene, "uploads.complete", { input: { id: scene.upload.id, checksum } });
    },
  },
  {
    ...{
      door,
      code: "CHECKSUM_MISMATCH",
      status: 400,
      when: "completion is repeated with another checksum",
    },
    ask: async (scene) => {
      await completed(scene);
      return trpc(scene, "uploads.complete", { input: { id: scene.upload.id, checksum } });
    },
  },
  {
    ...{ door, code: "REJECTED", status: 400, when: "the profile is unknown" },
    details: { field: "profile" },
    ask: (scene) => trpc(scene, "uploads.init", { input: { filename: "a", profile: "nothing" } }),
  },
  {
    ...{ door, code: "REJECTED", status: 400, when: "a key of the metadata is not allowed" },
    ask: (scene) =>
      trpc(scene, "uploads.init", { input: { filename: "a", metadata: { "no spaces": "x" } } }),
  },
  {
    ...{ door, code: "REJECTED", status: 400, when: "the metadata is larger than 8 KiB" },
    ask: (scene) =>
      trpc(scene, "uploads.init", {
        input: { filename: "a", metadata: { text: "x".repeat(8_193) } },
      }),
  },
  {
    ...{ door, code: "QUOTA_EXCEEDED", status: 413, when: "the file is over the quota" },
    details: { quota: QUOTA, used: SIZE + 2 * LIMIT },
    ask: async (scene) => {
      const init = () => trpc(scene, "uploads.init", { input: { filename: "a", size: LIMIT } });
      await init();
      await init();
      return init();
    },
  },
];

/** Codes that have no row here, and why. */
export const notAtTrpc = {
  UNSUPPORTED_VERSION: "tus only",
  NO_CHUNK: "drf only",
  ALREADY_COMPLETE: "for bytes only; a repeated complete returns the same view",
  BAD_CONTENT_RANGE: "of bytes",
  CHUNK_EXCEEDS_TOTAL: "of bytes",
  SIZE_MISMATCH: "of bytes",
  TOTAL_MISMATCH: "of bytes",
  OFFSET_MISMATCH: "of bytes",
  CHUNK_CHECKSUM_MISMATCH: "of bytes",
  NOT_COMPLETE: "of the download",
  RANGE_NOT_SATISFIABLE: "of the download",
  BUSY: "while a digest is being computed: digests.test.ts",
  RATE_LIMITED: "of sign-in, tested there",
  STORAGE_FULL: "of bytes",
  UNAVAILABLE: "while the database is unreachable: database-away.test.ts",
};
