import { expect, it } from "vitest";
import { BytesLost } from "../../../src/core/ports/bytes-lost.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";
import { recordingLog } from "../../support/recording-log.ts";
import { fileOf, md5, send } from "../../support/upload-run.ts";

const file = fileOf(100);

it("a completed upload whose bytes are lost is reported with what to do, and can be deleted", async () => {
  const log = recordingLog();
  const world = memoryCore({ log });
  const begun = await world.service.init(alice, { filename: "a", size: file.length });
  const upload = await send(world, begun, { file, start: 0, end: file.length });
  world.store.finish = async () => {
    throw new BytesLost({ ranges: [{ start: 0, end: file.length }], merge: (state) => state });
  };
  const complete = world.service.complete(alice, { id: upload.id, checksum: md5(file) });
  await expect(complete).rejects.toThrow("lost bytes");
  await world.housekeeping.recover();
  expect(log.entries).toContainEqual({
    level: "error",
    facts: { err: expect.any(BytesLost), uploadId: upload.id },
    message:
      "The store has lost bytes of a completed upload: restore its file from a backup, or delete the upload.",
  });
  await world.service.remove(alice, upload.id);
  expect(await world.database.uploads.find(upload.id)).toBeNull();
});
