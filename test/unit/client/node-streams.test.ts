import { createReadStream } from "node:fs";
import { PassThrough, Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { describeNodeSource, type NodeSource } from "../../../src/client/node/describe-source.ts";

function piecesOf(source: NodeSource): AsyncIterator<Uint8Array> {
  const { content } = describeNodeSource(source);
  if (content.kind !== "stream") throw new Error(`It is ${content.kind}.`);
  return content.pieces;
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("a Node stream", () => {
  it("that fails while it is queued reports the error when it is read, and does not end the process", async () => {
    const pieces = piecesOf(createReadStream("/there/is/no/such.file"));
    // Without a listener its `error` would end the process.
    await turn();
    await expect(pieces.next()).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("is destroyed when it is closed before it was read", async () => {
    const source = new PassThrough();
    await piecesOf(source).return?.();
    expect(source.destroyed).toBe(true);
  });

  it("is destroyed while a read is pending", async () => {
    const source = new PassThrough();
    const pieces = piecesOf(source);
    source.write("abc");
    expect((await pieces.next()).value).toEqual(Buffer.from("abc"));
    const next = pieces.next();
    await Promise.all([expect(next).rejects.toThrow(), pieces.return?.()]);
    expect(source.destroyed).toBe(true);
  });

  it("may yield text or bytes and nothing else", async () => {
    const { value } = await piecesOf(Readable.from(["é"])).next();
    expect(value).toEqual(Buffer.from("é"));
    const objects = Readable.from([{ a: 1 }]) as AsyncIterable<never>;
    await expect(piecesOf(objects).next()).rejects.toThrow("must yield bytes or strings");
  });
});

describe("a value that cannot be sent", () => {
  it("is described as unreadable", () => {
    for (const source of [null, 7, new ArrayBuffer(3)]) {
      const { content } = describeNodeSource(source as unknown as NodeSource);
      expect(content.kind).toBe("unreadable");
    }
  });
});
