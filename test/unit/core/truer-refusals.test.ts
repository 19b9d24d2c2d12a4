import { expect, it } from "vitest";
import { isUploadError, UploadError } from "../../../src/core/errors.ts";
import type { Upload } from "../../../src/core/upload.ts";
import { bytesOf, file, join, record, third, threePartials } from "../../support/concat-run.ts";
import { once } from "../../support/live-body.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";
import { CHUNK, codeOf, fileOf, md5, send } from "../../support/upload-run.ts";

it("a partial that is swept while a final claims its parts is refused", async () => {
  const world = memoryCore();
  const parts = await threePartials(world);
  const [first = ""] = [...parts].sort();
  once(world.database.uploads, "update", async (update) => {
    const partial = (await record(world, first)) as Upload;
    await world.database.uploads.update(partial, { state: "swept" });
    return update();
  });
  expect(await join(world, parts).catch(codeOf)).toBe("EXPIRED");
  expect(await record(world, first)).toMatchObject({ state: "swept", finalId: null });
});

it("a repeated final with other metadata is another final, with the same bytes", async () => {
  const world = memoryCore();
  const parts = await threePartials(world);
  const said = { uploadMetadata: "filename YQ==" };
  const first = await join(world, parts, said);
  expect((await join(world, parts, said)).id).toBe(first.id);
  const other = await join(world, parts, { filename: "b", uploadMetadata: "filename Yg==" });
  expect(other.id).not.toBe(first.id);
  expect(other).toMatchObject({ state: "complete", filename: "b" });
  expect((await bytesOf(world, other.id)).equals(file)).toBe(true);
  expect(third(0).length).toBe(100_000);
});

it("complete says UNAVAILABLE, not BUSY, while the bytes cannot be read", async () => {
  const world = memoryCore();
  const bytes = fileOf(2 * CHUNK);
  const upload = await world.service.init(alice, { filename: "a", size: bytes.length });
  // biome-ignore lint/correctness/useYield: it fails before it gives a byte
  world.store.read = async function* () {
    throw new UploadError("UNAVAILABLE", { message: "The disk does not answer." });
  };
  await send(world, upload, { file: bytes, start: CHUNK, end: 2 * CHUNK });
  await send(world, upload, { file: bytes, start: 0, end: CHUNK });
  const ask = { id: upload.id, checksum: md5(bytes) };
  const refusal = await world.service.complete(alice, ask).catch((error: unknown) => error);
  expect(isUploadError(refusal) && [refusal.code, refusal.message]).toEqual([
    "UNAVAILABLE",
    "The bytes of the upload cannot be read to compute its checksum; try again later.",
  ]);
});
