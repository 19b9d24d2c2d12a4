import { describe, expect, it } from "vitest";
import { Bearer } from "../../../src/client/bearer.ts";
import { createUploadClient as forBrowser } from "../../../src/client/browser/index.ts";
import type { UploadFailure } from "../../../src/client/failure.ts";
import { createUploadClient as forNode } from "../../../src/client/node/index.ts";

// Common mistakes of new users fail at once with a clear error.

const bytes = new TextEncoder().encode("some");
const answering = (body: string, status = 200) =>
  (async () => new Response(body, { status })) as unknown as typeof fetch;

async function failureOf(done: Promise<unknown>): Promise<UploadFailure> {
  return done.then(
    () => Promise.reject(new Error("It succeeded.")),
    (failure: UploadFailure) => failure,
  );
}

describe("a URL that is not that of a server", () => {
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

  it("is refused in a browser, where it may be omitted", async () => {
    const fetch = answering('{"a":1}');
    const wrong = forBrowser({ url: "localhost:3000", token: "up_x", fetch });
    expect((await failureOf(wrong.trpc.uploads.list.query())).message).toContain("http://");
    for (const url of ["", "/files", "https://files.example.com"]) {
      const client = forBrowser({ url, token: "up_x", fetch });
      const failure = await failureOf(client.trpc.uploads.list.query());
      expect(failure.message, url).not.toContain("http");
    }
  });

  it("is not needed while a server renders a page", () => {
    expect(() => (forNode as () => unknown)()).not.toThrow();
  });
});

describe("an upload that was created elsewhere", () => {
  it("is continued by continueUpload(): upload() refuses its id", () => {
    const client = forNode({ url: "http://localhost:1", token: "up_x", resume: false });
    const upload = client.upload as (source: Uint8Array, options: object) => unknown;
    expect(() => upload(bytes, { uploadId: "7" })).toThrow(/continueUpload\(\)/);
  });
});

describe("a response of another server", () => {
  it("is recognized although it is JSON", async () => {
    const fetch = answering('{"hello":"world"}');
    const client = forNode({ url: "http://localhost:1", token: "up_x", fetch, resume: false });
    const failure = await failureOf(client.upload(bytes).done);
    expect(failure).toMatchObject({ code: "UNEXPECTED", details: { foreign: true } });
  });

  it("with status 502 is UNAVAILABLE: it is the JSON of a proxy", async () => {
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
  it("is used without the line break at its end", async () => {
    for (const token of ["up_x\n", async () => "up_x\r\n"]) {
      expect(await new Bearer(token).header()).toBe("Bearer up_x");
    }
  });
});

describe("metadata that cannot be serialized", () => {
  it("is refused at once and is not a network failure", async () => {
    const fetch = answering("[]");
    const client = forNode({ url: "http://localhost:1", token: "up_x", fetch, resume: false });
    // Streams are not searched: the first call is `init`.
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
