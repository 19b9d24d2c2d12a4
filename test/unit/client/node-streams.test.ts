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

describe("a stream of Node's", () => {
  it("that fails before its turn has come is told so when it is read, and kills nobody", async () => {
    const pieces = piecesOf(createReadStream("/there/is/no/such.file"));
    // Without a listener its `error` would end the process.
    await turn();
    await expect(pieces.next()).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("is destroyed when nobody wants it any more, before it was ever read", async () => {
    const source = new PassThrough();
    await piecesOf(source).return?.();
    expect(source.destroyed).toBe(true);
  });

  it("is destroyed while it is waited for", async () => {
    const source = new PassThrough();
    const pieces = piecesOf(source);
    source.write("abc");
    expect((await pieces.next()).value).toEqual(Buffer.from("abc"));
    const next = pieces.next();
    await Promise.all([expect(next).rejects.toThrow(), pieces.return?.()]);
    expect(source.destroyed).toBe(true);
  });

  it("may give text, and nothing else but bytes", async () => {
    const { value } = await piecesOf(Readable.from(["é"])).next();
    expect(value).toEqual(Buffer.from("é"));
    const objects = Readable.from([{ a: 1 }]) as AsyncIterable<never>;
    await expect(piecesOf(objects).next()).rejects.toThrow("must yield bytes or strings");
  });
});

describe("what can be sent by no means", () => {
  it("is told as unreadable", () => {
    for (const source of [null, 7, new ArrayBuffer(3)]) {
      const { content } = describeNodeSource(source as unknown as NodeSource);
      expect(content.kind).toBe("unreadable");
    }
  });
});
