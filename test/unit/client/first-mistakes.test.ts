import { describe, expect, it } from "vitest";
import { Bearer } from "../../../src/client/bearer.ts";
import { createUploadClient as forBrowser } from "../../../src/client/browser/index.ts";
import type { UploadFailure } from "../../../src/client/failure.ts";
import { createUploadClient as forNode } from "../../../src/client/node/index.ts";

// What goes wrong on the first day with the package is told at once, and by its name.

const bytes = new TextEncoder().encode("some");
const answering = (body: string, status = 200) =>
  (async () => new Response(body, { status })) as unknown as typeof fetch;

async function failureOf(done: Promise<unknown>): Promise<UploadFailure> {
  return done.then(
    () => Promise.reject(new Error("It succeeded.")),
    (failure: UploadFailure) => failure,
  );
}

describe("an address that is none of a server", () => {
  for (const url of ["localhost:3000", "files.example.com", "", "ftp://files.example.com"]) {
    it(`is refused at the first upload from Node: "${url}"`, async () => {
      const client = forNode({ url, token: "up_x", resume: false });
      const { code, message } = await failureOf(client.upload(bytes).done);
      expect({ code, message }).toEqual({
        code: "INVALID_INPUT",
        message: expect.stringContaining("http"),
      });
    });
  }

  it("is refused by a page's client, which may leave it out", async () => {
    const fetch = answering('{"a":1}');
    const wrong = forBrowser({ url: "localhost:3000", token: "up_x", fetch });
    expect((await failureOf(wrong.trpc.uploads.list.query())).message).toContain("http://");
    for (const url of ["", "/files", "https://files.example.com"]) {
      const client = forBrowser({ url, token: "up_x", fetch });
      const failure = await failureOf(client.trpc.uploads.list.query());
      expect(failure.message, url).not.toContain("http");
    }
  });

  it("is needed by nobody who only renders a page on a server", () => {
    expect(() => (forNode as () => unknown)()).not.toThrow();
  });
});

describe("an upload that was begun elsewhere", () => {
  it("is continued by a method of its own: upload() refuses its id", () => {
    const client = forNode({ url: "http://localhost:1", token: "up_x", resume: false });
    const upload = client.upload as (source: Uint8Array, options: object) => unknown;
    expect(() => upload(bytes, { uploadId: "7" })).toThrow(/continueUpload\(\)/);
  });
});

describe("a server of another kind", () => {
  it("is told as one, although it answers JSON", async () => {
    const fetch = answering('{"hello":"world"}');
    const client = forNode({ url: "http://localhost:1", token: "up_x", fetch, resume: false });
    const failure = await failureOf(client.upload(bytes).done);
    expect(failure).toMatchObject({ code: "UNEXPECTED", details: { foreign: true } });
  });

  it("that has trouble passes: a proxy's JSON is no answer of the server's", async () => {
    const fetch = answering('{"message":"no upstream"}', 502);
    const retry = { attempts: 2, baseMs: 1 };
    const client = forNode({
      url: "http://localhost:1",
      token: "up_x",
      fetch,
      retry,
      resume: false,
    });
    expect(await failureOf(client.upload(bytes).done)).toMatchObject({ code: "UNAVAILABLE" });
  });
});

describe("a token read from a file", () => {
  it("is one without the line's end behind it", async () => {
    for (const token of ["up_x\n", async () => "up_x\r\n"]) {
      expect(await new Bearer(token).header()).toBe("Bearer up_x");
    }
  });
});

describe("metadata that cannot travel", () => {
  it("is refused at once, and not taken for a dead line", async () => {
    const fetch = answering("[]");
    const client = forNode({ url: "http://localhost:1", token: "up_x", fetch, resume: false });
    // Streams are not looked for: the first call is the one that begins the upload.
    const stream = new Blob([bytes]).stream();
    const upload = client.upload(stream, {
      filename: "s",
      metadata: { constructor: "x" } as never,
    });
    expect(await failureOf(upload.done)).toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringContaining("constructor"),
    });
  });
});
