import superjson from "superjson";
import { describe, expect, it } from "vitest";
import { memoryCore } from "../../../support/memory-core.ts";
import { admin, alice, trpcBench, UPLOAD_ID } from "./trpc-door-bench.ts";
import { errorOf } from "./wire-error.ts";

const post = (value: unknown, type = "application/json"): RequestInit => ({
  method: "POST",
  headers: { "content-type": type },
  body: JSON.stringify(value),
});

/** The door over the real core. */
function bench() {
  const { service, administration } = memoryCore();
  return trpcBench({ service, administration });
}

async function initWith(metadata: unknown, wire?: object) {
  const input = wire ?? superjson.serialize({ filename: "a", size: 1, metadata });
  const answer = await bench().send("/api/trpc/uploads.init", {
    ...post(input),
    principal: alice,
  });
  return answer.status === 200 ? null : (await errorOf(answer)).data.upload;
}

describe("metadata over superjson", () => {
  const itself: Record<string, unknown> = {};
  itself.me = itself;
  it.each<[string, unknown, string]>([
    ["BigInt", { a: 1n }, "a"],
    ["Map", { a: new Map([["b", 1]]) }, "a"],
    ["Set", { a: [0, new Set([1])] }, "a.1"],
    ["Date", { a: { b: new Date(0) } }, "a.b"],
    ["RegExp", { a: /x/ }, "a"],
    ["URL", { a: new URL("http://a.example") }, "a"],
    ["Error", { a: new Error("x") }, "a"],
    ["typed array", { a: new Uint8Array(2) }, "a"],
    ["undefined", { a: undefined }, "a"],
    ["NaN", { a: Number.NaN }, "a"],
    ["Infinity", { a: Number.POSITIVE_INFINITY }, "a"],
  ])("is REJECTED with the path of a value of type %s", async (_type, metadata, path) => {
    expect(await initWith(metadata)).toMatchObject({ code: "REJECTED", field: "metadata", path });
  });

  it("is REJECTED when an object contains itself, or grows by equal references", async () => {
    expect(await initWith({ a: itself })).toMatchObject({ code: "REJECTED" });
    const doubling = {
      json: { filename: "a", size: 1, metadata: { a: { b: {}, c: {} } } },
      meta: { referentialEqualities: { "metadata.a": ["metadata.a.b", "metadata.a.c"] } },
    };
    expect(await initWith(null, doubling)).toMatchObject({ code: "REJECTED" });
  });

  it("is accepted if it is JSON", async () => {
    expect(await initWith({ a: "text" })).toBeNull();
  });

  it("is refused before superjson creates a value of another type", async () => {
    const id = { json: { id: "9".repeat(500_000) }, meta: { values: { id: ["bigint"] } } };
    const answer = await bench().send("/api/trpc/uploads.delete", post(id));
    expect([answer.status, (await errorOf(answer)).data.upload.code]).toEqual([
      400,
      "INVALID_INPUT",
    ]);
  });
});

describe("a tRPC body", () => {
  it("is refused unless it is JSON, so that a sweep keeps its dryRun", async () => {
    let swept = 0;
    const administration = {
      sweep: async () => {
        swept += 1;
        return { files: 0, records: 0, bytes: 0, strays: [] };
      },
    };
    const own = trpcBench({ administration });
    const input = superjson.serialize({ dryRun: true });
    const types = ["application/octet-stream", "multipart/form-data; boundary=x", "text/plain", ""];
    for (const type of [...types, "application/jsonp"]) {
      const answer = await own.send("/api/trpc/admin.uploads.sweep", {
        ...post(input, type),
        principal: admin,
      });
      expect([type, answer.status]).toEqual([type, 415]);
    }
    expect(swept).toBe(0);
    for (const type of ["application/json", "Application/JSON; charset=utf-8"]) {
      const asked = { ...post(input, type), principal: admin };
      expect((await own.send("/api/trpc/admin.uploads.sweep", asked)).status).toBe(200);
    }
  });

  it("type on a GET does not change its input", async () => {
    const input = encodeURIComponent(JSON.stringify({ json: { id: UPLOAD_ID } }));
    const answer = await trpcBench().send(`/api/trpc/uploads.status?input=${input}`, {
      headers: { "content-type": "application/octet-stream" },
    });
    expect(answer.status).toBe(200);
  });
});

describe("a 400 of tRPC", () => {
  const foreign =
    /unexpected|token|position|zod|expected|received|invalid input|undefined|JSON at/i;
  const input = (value: unknown) => encodeURIComponent(JSON.stringify({ json: value }));
  it.each<[string, string, RequestInit]>([
    ["malformed JSON", "/api/trpc/uploads.delete", { ...post(""), body: "{" }],
    ["a malformed input", "/api/trpc/uploads.status?input={", {}],
    ["a wrong type", `/api/trpc/uploads.status?input=${input({ id: 7 })}`, {}],
    ["a missing field", `/api/trpc/uploads.status?input=${input({})}`, {}],
    ["a number out of range", `/api/trpc/uploads.list?input=${input({ limit: 1e9 })}`, {}],
    ["a fraction", `/api/trpc/uploads.list?input=${input({ limit: 1.5 })}`, {}],
    ["an unknown value", `/api/trpc/uploads.list?input=${input({ status: "x" })}`, {}],
    ["a long text", `/api/trpc/uploads.list?input=${input({ search: "x".repeat(2000) })}`, {}],
    ["null", "/api/trpc/uploads.delete", post(null)],
    ["a broken annotation", "/api/trpc/uploads.delete", post({ json: 1, meta: { values: 7 } })],
    [
      "a batch that is too large",
      `/api/trpc/${"uploads.list,".repeat(10)}uploads.list?batch=1`,
      {},
    ],
  ])("has a message of our own for %s", async (_what, path, init) => {
    const answer = await trpcBench().send(path, init);
    expect(answer.status).toBe(400);
    const { message, data } = await errorOf(answer);
    expect(`${message} ${JSON.stringify(data.upload)}`).not.toMatch(foreign);
  });
});
