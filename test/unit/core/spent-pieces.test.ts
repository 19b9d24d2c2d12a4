import { describe, expect, it } from "vitest";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import type { Body } from "../../../src/core/requests.ts";
import { freeMemory } from "../../../src/server/free-memory.ts";
import { alice, memoryCore } from "../../support/memory-core.ts";
import { CHUNK, fileOf, md5 } from "../../support/upload-run.ts";

/** A body whose pieces own their memory, which is freed as soon as they are spent. */
function freedBody(bytes: Uint8Array, step: number): { body: Body; pieces: Uint8Array[] } {
  const pieces: Uint8Array[] = [];
  async function* give() {
    for (let at = 0; at < bytes.length; at += step) {
      const piece = bytes.slice(at, at + step);
      pieces.push(piece);
      yield piece;
    }
  }
  return { body: Object.assign(give(), { spent: freeMemory }), pieces };
}

describe("the pieces of a body", () => {
  // 100 bytes: several pieces are needed before the type can be judged.
  it.each([100, 7_001, CHUNK])("are given back one by one, pieces of %i bytes", async (step) => {
    const profiles = defineProfiles({ default: profile({ accept: ["text/plain"] }) });
    const world = memoryCore({ profiles });
    const file = fileOf(2 * CHUNK).map((byte) => 97 + (byte % 26));
    const upload = await world.service.init(alice, {
      filename: "a.txt",
      contentType: "text/plain",
      size: file.length,
    });
    const position = { start: 0, end: file.length, total: file.length };
    const chunk = { id: upload.id, position, contentLength: file.length };
    const send = async () => {
      const { body, pieces } = freedBody(file, step);
      const { signal } = new AbortController();
      const digests = [{ algorithm: "md5", hex: md5(file) }];
      await world.service.append(alice, { ...chunk, body, digests, signal });
      expect(pieces.length).toBe(Math.ceil(file.length / step));
      expect(pieces.filter((piece) => piece.length > 0)).toEqual([]);
    };
    await send();
    // The same again: held already, so that it is only compared.
    await send();
    const done = await world.service.complete(alice, { id: upload.id, checksum: md5(file) });
    expect(done.state).toBe("complete");
  });
});
