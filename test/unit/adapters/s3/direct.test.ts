import { setImmediate as turn } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { Bucket } from "../../../../src/adapters/s3/bucket.ts";
import { createDirectStore } from "../../../../src/adapters/s3/direct.ts";
import { Multiparts } from "../../../../src/adapters/s3/multipart.ts";
import { amazonLimits } from "../../../../src/adapters/s3/part-plan.ts";
import { RequestSigner } from "../../../../src/adapters/s3/request-signer.ts";
import { packState, unpackState } from "../../../../src/adapters/s3/state.ts";
import type { JsonValue } from "../../../../src/core/upload.ts";

const settings = {
  ...{ bucket: "files", region: "us-east-1", endpoint: "http://127.0.0.1:9", prefix: "" },
  ...{ credentials: { accessKeyId: "a", secretAccessKey: "b" }, forcePathStyle: true },
};
const bucket = new Bucket(settings);
const signer = new RequestSigner(settings);
afterAll(() => {
  bucket.close();
  signer.close();
});

it("lets other work run while it signs many parts", async () => {
  const direct = createDirectStore({
    ...{ bucket, signer, algorithm: "crc64nvme", limits: amazonLimits, pathTemplate: "" },
    ...{ multiparts: new Multiparts(bucket), newName: () => "name" },
  });
  const size = 400 * 8 * 2 ** 20;
  const upload = { id: "id", createdAt: new Date(), size, maxBytes: size };
  const placed = direct.place(upload);
  const begun = packState({ ...unpackState(placed.storeState), multipart: "multipart" });
  const stored = (storeState: JsonValue) => ({
    ...upload,
    ...{ offset: 0, beyond: [], state: "uploading" as const, finished: false },
    ...{ storageKey: placed.storageKey, storeState },
  });
  const parts = Array.from({ length: 400 }, (_, index) => {
    return { number: index + 1, size: placed.chunkBytes, checksum: "0".repeat(16) };
  });
  let isSigning = true;
  const remember = async (merge: (state: JsonValue) => JsonValue) => stored(merge(begun));
  const signing = direct.sign(stored(begun), { parts, remember }).finally(() => {
    isSigning = false;
  });
  let turns = 0;
  for (; isSigning; turns += 1) await turn();
  expect((await signing).map(({ number }) => number)).toEqual(parts.map(({ number }) => number));
  expect(turns).toBeGreaterThan(10);
});
