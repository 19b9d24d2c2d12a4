import { describe, expect, it } from "vitest";
import { toDoorRequest, toResponse } from "../../src/server/web-mount.ts";

/** An endless body that counts what was taken from it. */
class CountingBody implements AsyncIterable<Uint8Array> {
  given = 0;
  closed = false;

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        this.given += 1;
        yield new Uint8Array(10);
      }
    } finally {
      this.closed = true;
    }
  }
}

describe("doors behind Request and Response", () => {
  it("are asked for a body's bytes only as they are read", async () => {
    const source = new CountingBody();
    const response = toResponse({ status: 200, headers: new Headers(), body: source }, "GET");
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.read();
    expect(source.given).toBe(2);
    await reader?.cancel();
    expect(source.closed).toBe(true);
  });

  it("hear a failing body as a failing read", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1);
      throw new Error("the disk is gone");
    }
    const response = toResponse({ status: 200, headers: new Headers(), body: broken() }, "GET");
    await expect(response.arrayBuffer()).rejects.toThrow("the disk is gone");
  });

  it("give HEAD no body", async () => {
    const source = new CountingBody();
    const headers = new Headers({ "content-length": "99" });
    const response = toResponse({ status: 200, headers, body: source }, "HEAD");
    expect(response.body).toBeNull();
    expect(response.headers.get("content-length")).toBe("99");
  });

  it("answer 204 and 304 without a body", () => {
    for (const status of [204, 304]) {
      expect(toResponse({ status, headers: new Headers(), body: null }, "GET").status).toBe(status);
    }
  });

  it("read a request's body, and do not know who sent it", async () => {
    const request = new Request("http://x/api/uploads/1", {
      method: "PUT",
      body: "hello",
      headers: { "x-peer-address": "6.6.6.6" },
    });
    const asked = toDoorRequest(request);
    const parts: Uint8Array[] = [];
    for await (const part of asked.body ?? []) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe("hello");
    expect(asked.peer).toEqual({ address: "", origin: null });
  });
});
