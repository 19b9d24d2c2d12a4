import { complete, md5, nobodysId, whole } from "./drf-requests.ts";
import { completed, type ErrorRow, expired, LIMIT, SIZE, sendAll } from "./error-rows.ts";

const door = "drf";

/** Errors of completing and of whole files at the drf door: the POST rows of docs/protocol.md. */
export const drfCompletionRows: readonly ErrorRow[] = [
  {
    ...{ door, code: "CHECKSUM_REQUIRED", status: 400, when: "the checksum is missing" },
    detail: "Checksum of type 'md5' is required",
    ask: (scene) => complete(scene, {}),
  },
  {
    ...{
      door,
      code: "CHECKSUM_REQUIRED",
      status: 400,
      when: "the checksum is missing for an unknown id",
    },
    detail: "Checksum of type 'md5' is required",
    ask: (scene) => complete(scene, { sha1: "abc" }, nobodysId),
  },
  {
    ...{ door, code: "NOT_FOUND", status: 404, when: "an unknown id is completed" },
    detail: "Not found.",
    ask: (scene) => complete(scene, md5(scene), nobodysId),
  },
  {
    ...{ door, code: "EXPIRED", status: 410, when: "an expired upload is completed" },
    detail: "Upload has expired",
    ask: async (scene) => {
      await expired(scene);
      return complete(scene, md5(scene));
    },
  },
  {
    ...{ door, code: "ALREADY_COMPLETE", status: 400, when: "completed again, another checksum" },
    detail: 'Upload has already been marked as "complete"',
    ask: async (scene) => {
      await completed(scene);
      return complete(scene, { md5: "0".repeat(32) });
    },
  },
  {
    ...{ door, code: "INCOMPLETE", status: 400, when: "bytes are missing" },
    detail: "Upload is incomplete",
    details: { missing: [[0, SIZE]] },
    ask: (scene) => complete(scene, md5(scene)),
  },
  {
    ...{ door, code: "CHECKSUM_MISMATCH", status: 400, when: "the checksum differs" },
    detail: "checksum does not match",
    ask: async (scene) => {
      await sendAll(scene);
      return complete(scene, { md5: "12345" });
    },
  },

  {
    ...{ door, code: "TOO_LARGE", status: 400, when: "a whole file is over the limit" },
    detail: `Size of file exceeds the limit (${LIMIT} bytes)`,
    ask: (scene) => whole(scene, { bytes: Buffer.alloc(LIMIT + 1) }),
  },
  {
    ...{ door, code: "CHECKSUM_REQUIRED", status: 400, when: "a whole file has no checksum" },
    detail: "Checksum of type 'md5' is required",
    ask: (scene) => whole(scene),
  },
  {
    ...{ door, code: "CHECKSUM_MISMATCH", status: 400, when: "a whole file's checksum differs" },
    detail: "checksum does not match",
    ask: (scene) => whole(scene, { fields: { filename: "a", md5: "12345" } }),
  },
];
