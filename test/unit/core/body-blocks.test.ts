import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BodyBlocks } from "../../../src/core/append/body-blocks.ts";
import { BufferPool } from "../../../src/core/append/buffer-pool.ts";

const MIB = 2 ** 20;
/** A body that is worth the largest blocks. */
const long = { start: 0, end: 100 * MIB };

/** Accepts blocks until it is set to fail, each only when a gate opens. */
function gatedSender() {
  const gates: { open: () => void; fail: (reason: Error) => void }[] = [];
  const seen: { position: number; bytes: Buffer }[] = [];
  const send = (position: number, bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      gates.push({
        open: () => {
          seen.push({ position, bytes: Buffer.from(bytes) });
          resolve();
        },
        fail: reject,
      });
    });
  return { gates, seen, send };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a body's blocks", () => {
  it("bring every byte to its position, however it is cut", async () => {
    const pieces = fc.array(fc.integer({ min: 0, max: 700_000 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.nat(1_000), async (lengths, start) => {
        const blocks = new BufferPool();
        const content: Buffer[] = [];
        let expected = start;
        const body = new BodyBlocks(blocks, {
          range: { start, end: start + lengths.reduce((sum, length) => sum + length, 0) },
          send: async (position, bytes) => {
            expect(position).toBe(expected);
            expected += bytes.length;
            await turn();
            content.push(Buffer.from(bytes));
          },
        });
        const all = lengths.map((length) => randomBytes(length));
        for (const piece of all) await body.take(piece);
        await body.flush();
        await body.flush();
        expect(Buffer.concat(content).equals(Buffer.concat(all))).toBe(true);
        expect(body.position).toBe(start + Buffer.concat(all).length);
        expect(blocks.taken).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it("are two at most: one on its way, one being filled", async () => {
    const blocks = new BufferPool();
    const { gates, send } = gatedSender();
    const body = new BodyBlocks(blocks, { range: long, send });
    await body.take(new Uint8Array(MIB));
    let taken = false;
    const second = body.take(new Uint8Array(MIB)).then(() => {
      taken = true;
    });
    await turn();
    expect(taken).toBe(false);
    expect(blocks.taken).toBe(2 * MIB);
    gates[0]?.open();
    await second;
    gates[1]?.open();
    await body.flush();
    expect(blocks.taken).toBe(0);
  });

  it("tell of a block that did not arrive with the next one, and are all given back", async () => {
    const blocks = new BufferPool();
    const { gates, send } = gatedSender();
    const body = new BodyBlocks(blocks, { range: long, send });
    await body.take(new Uint8Array(MIB + 5));
    gates[0]?.fail(new Error("the disk is full"));
    await turn();
    await expect(body.flush()).rejects.toThrow("the disk is full");
    gates[1]?.open();
    await body.flush();
    await body.take(new Uint8Array(7));
    body.close();
    body.close();
    expect(blocks.taken).toBe(0);
  });
});

describe("blocks", () => {
  it("become smaller the more of them are out, and large again", () => {
    const blocks = new BufferPool();
    const out = Array.from({ length: 80 }, () => blocks.acquire(long.end));
    expect(out[0]?.length).toBe(MIB);
    expect(out[4]?.length).toBe(256 * 1024);
    expect(out.at(-1)?.length).toBe(64 * 1024);
    expect(blocks.taken).toBeLessThan(9 * MIB);
    for (const block of out) blocks.release(block);
    expect(blocks.acquire(long.end).length).toBe(MIB);
  });

  it("are small for a small body, so that it is hashed while it comes", () => {
    const blocks = new BufferPool();
    const sizes = [4 * MIB, 4 * MIB - 1, MIB, MIB - 1, 1].map(
      (bytes) => blocks.acquire(bytes).length,
    );
    expect(sizes).toEqual([MIB, 256 * 1024, 256 * 1024, 64 * 1024, 64 * 1024]);
  });

  it("are used again", () => {
    const blocks = new BufferPool();
    const first = blocks.acquire(long.end);
    blocks.release(first);
    expect(blocks.acquire(long.end)).toBe(first);
  });
});
