import { describe, expect, it } from "vitest";
import { freeMemory } from "../../../src/server/free-memory.ts";

describe("freeing a piece's memory", () => {
  it("empties a piece that owns its memory", () => {
    const piece = Buffer.alloc(65_536, 1);
    const { buffer } = piece;
    freeMemory(piece);
    expect(piece.length).toBe(0);
    expect(buffer.byteLength).toBe(0);
  });

  it("returns the memory at once, without a collection", () => {
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 1_000; round += 1) freeMemory(new Uint8Array(2 ** 20));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * 2 ** 20);
  });

  it("leaves alone what is a part of something larger, shared, or not to be moved", () => {
    const large = new Uint8Array(100).fill(7);
    const pooled = Buffer.from("pooled");
    const shared = new Uint8Array(new SharedArrayBuffer(10)).fill(7);
    const memory = new WebAssembly.Memory({ initial: 1 });
    const unmovable = new Uint8Array(memory.buffer).fill(7);
    for (const piece of [large.subarray(0, 50), pooled, shared, unmovable]) freeMemory(piece);
    expect(large.every((byte) => byte === 7)).toBe(true);
    expect(pooled.toString()).toBe("pooled");
    expect(shared.every((byte) => byte === 7)).toBe(true);
    expect(unmovable.length).toBe(65_536);
  });

  it("has nothing to do for a piece that is empty already", () => {
    const piece = new Uint8Array(10);
    freeMemory(piece);
    freeMemory(piece);
    expect(piece.length).toBe(0);
  });
});
