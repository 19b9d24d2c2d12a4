import { describe, expect, it } from "vitest";
import type { UploadErrorCode } from "../../../../src/core/errors.ts";
import { trpcBench, UPLOAD_ID } from "./trpc-door-bench.ts";
import { errorOf } from "./wire-error.ts";

describe("malformed requests to the tRPC door", () => {
  const post = (body: BodyInit, type = "application/json"): RequestInit => ({
    method: "POST",
    headers: { "content-type": type },
    body,
  });
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;

  it.each<[string, [string, RequestInit, number, UploadErrorCode]]>([
    ["an unknown procedure", ["/api/trpc/uploads.steal", {}, 404, "NOT_FOUND"]],
    ["no procedure at all", ["/api/trpc", {}, 404, "NOT_FOUND"]],
    ["a procedure named like a property of objects", ["/api/trpc/__proto__", {}, 404, "NOT_FOUND"]],
    ["a property of a procedure", ["/api/trpc/uploads.status.constructor", {}, 404, "NOT_FOUND"]],
    ["a malformed escape", ["/api/trpc/uploads%zzstatus", {}, 400, "INVALID_INPUT"]],
    ["a mutation by GET", ["/api/trpc/uploads.delete", {}, 405, "METHOD_NOT_ALLOWED"]],
    ["a query by POST", ["/api/trpc/uploads.status", post("{}"), 405, "METHOD_NOT_ALLOWED"]],
    ["PUT", ["/api/trpc/uploads.delete", { method: "PUT" }, 405, "METHOD_NOT_ALLOWED"]],
    ["malformed JSON", ["/api/trpc/uploads.delete", post("{"), 400, "INVALID_INPUT"]],
    ["an empty body", ["/api/trpc/uploads.delete", post(""), 400, "INVALID_INPUT"]],
    ["null", ["/api/trpc/uploads.delete", post("null"), 400, "INVALID_INPUT"]],
    ["a number", ["/api/trpc/uploads.delete", post("5"), 400, "INVALID_INPUT"]],
    [
      "JSON without superjson's wrapping",
      ["/api/trpc/uploads.delete", post('{"id":"x"}'), 400, "INVALID_INPUT"],
    ],
    ["malformed JSON in the query", ["/api/trpc/uploads.status?input={", {}, 400, "INVALID_INPUT"]],
    [
      "a form",
      [
        "/api/trpc/uploads.delete",
        post("a=b", "application/x-www-form-urlencoded"),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
      ],
    ],
    [
      "bytes",
      [
        "/api/trpc/uploads.delete",
        post("abc", "application/octet-stream"),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
      ],
    ],
    [
      "another type of id",
      ["/api/trpc/uploads.delete", post('{"json":{"id":7}}'), 400, "INVALID_INPUT"],
    ],
    [
      "a path into the prototype",
      [
        "/api/trpc/uploads.delete",
        post('{"json":{},"meta":{"values":{"constructor.prototype.x":["Date"]}}}'),
        400,
        "INVALID_INPUT",
      ],
    ],
    [
      "a reference to the prototype",
      [
        "/api/trpc/uploads.delete",
        post('{"json":{"a":{}},"meta":{"referentialEqualities":{"a":["__proto__.b"]}}}'),
        400,
        "INVALID_INPUT",
      ],
    ],
    [
      "a type unknown to superjson",
      [
        "/api/trpc/uploads.delete",
        post('{"json":{"id":"x"},"meta":{"values":{"id":[["custom","x"]]}}}'),
        400,
        "INVALID_INPUT",
      ],
    ],
    [
      "a broken annotation",
      [
        "/api/trpc/uploads.delete",
        post('{"json":{"id":"x"},"meta":{"values":7,"referentialEqualities":"x"}}'),
        400,
        "INVALID_INPUT",
      ],
    ],
    ["deep nesting", ["/api/trpc/uploads.delete", post(`{"json":${deep}}`), 400, "INVALID_INPUT"]],
    [
      "a deeply nested annotation",
      [
        "/api/trpc/uploads.delete",
        post(`{"json":{},"meta":{"values":{"a":${deep}}}}`),
        400,
        "INVALID_INPUT",
      ],
    ],
    [
      "a batch that is not an object",
      ["/api/trpc/uploads.delete?batch=1", post("[]"), 400, "INVALID_INPUT"],
    ],
    [
      "broken connection params",
      ["/api/trpc/uploads.list?connectionParams={", {}, 400, "INVALID_INPUT"],
    ],
  ])("such as %s get their status", async (_what, [path, init, status, code]) => {
    const answer = await trpcBench().send(path, init);
    const { data } = await errorOf(answer);
    expect([answer.status, data.httpStatus, data.upload.code]).toEqual([status, status, code]);
  });

  it("return the method of a procedure in Allow", async () => {
    const bench = trpcBench();
    const allow = async (path: string, method: string) =>
      (
        await bench.send(path, { method, headers: { "content-type": "application/json" } })
      ).headers.get("allow");
    expect(await allow("/api/trpc/uploads.delete", "GET")).toBe("POST, OPTIONS");
    expect(await allow("/api/trpc/uploads.status", "POST")).toBe("GET, OPTIONS");
    expect(await allow("/api/trpc/uploads.status", "PATCH")).toBe("GET, POST, OPTIONS");
  });

  it("with over 1 MiB are refused by Content-Length, without reading", async () => {
    const bench = trpcBench();
    const body = new ReadableStream<Uint8Array>(
      {
        pull: () => {
          throw new Error("the body was read");
        },
      },
      { highWaterMark: 0 },
    );
    const answer = await bench.send("/api/trpc/uploads.delete", {
      method: "POST",
      headers: { "content-type": "application/json", "content-length": String(2 ** 20 + 1) },
      body,
    });
    expect([answer.status, (await errorOf(answer)).data.upload.code]).toEqual([
      413,
      "BODY_TOO_LARGE",
    ]);
  });

  it("with over 1 MiB are refused by counting, and not read further", async () => {
    let given = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        given += 2 ** 16;
        controller.enqueue(new Uint8Array(2 ** 16).fill(0x20));
      },
    });
    const answer = await trpcBench().send("/api/trpc/uploads.delete", {
      method: "POST",
      headers: { "content-type": "application/json", "content-length": "5" },
      body,
    });
    expect([answer.status, (await errorOf(answer)).data.upload.code]).toEqual([
      413,
      "BODY_TOO_LARGE",
    ]);
    expect(given).toBeLessThan(2 * 2 ** 20);
  });

  it("may have a body of exactly 1 MiB", async () => {
    const call = JSON.stringify({ json: { id: UPLOAD_ID } });
    const bench = trpcBench({ service: { remove: async () => undefined } });
    const answer = await bench.send("/api/trpc/uploads.delete", post(call.padEnd(2 ** 20)));
    expect(answer.status).toBe(200);
  });
});
