import { describe, expect, it } from "vitest";
import { UploadError, uploadErrorCodes } from "../../../../src/core/errors.ts";
import { errorTable } from "../../../../src/wire/error-table.ts";
import { trpcBench, UPLOAD_ID, upload } from "./trpc-door-bench.ts";
import { errorOf } from "./wire-error.ts";

const STATUS = `/api/trpc/uploads.status?input=${encodeURIComponent(JSON.stringify({ json: { id: UPLOAD_ID } }))}`;

describe("the tRPC door", () => {
  it.each(uploadErrorCodes)(
    "returns %s with the status of the table, its code and its details",
    async (code) => {
      const bench = failing(
        new UploadError(code, { details: { expected_offset: 5, code: "other" } }),
      );
      const answer = await bench.send(STATUS);
      expect(answer.status).toBe(errorTable[code].status);
      const { data, message } = await errorOf(answer);
      expect(data).toEqual({
        code: expect.any(String),
        httpStatus: errorTable[code].status,
        path: "uploads.status",
        upload: { code, expected_offset: 5 },
      });
      expect(message).toBe(new UploadError(code).message);
    },
  );

  it("returns Retry-After", async () => {
    const told = await failing(new UploadError("BUSY", { retryAfterMs: 8_200 })).send(STATUS);
    expect(told.headers.get("retry-after")).toBe("9");
    const untold = await failing(new UploadError("UNAVAILABLE")).send(STATUS);
    expect(Number(untold.headers.get("retry-after"))).toBeGreaterThan(0);
    const never = await failing(new UploadError("EXPIRED")).send(STATUS);
    expect(never.headers.has("retry-after")).toBe(false);
  });

  it("returns UNAVAILABLE for an unexpected failure, and only logs its details", async () => {
    const bench = failing(new Error("password=secret at /srv/app.ts:1"));
    const answer = await bench.send(STATUS);
    expect(answer.status).toBe(503);
    const text = await answer.text();
    expect(text).toContain('"UNAVAILABLE"');
    expect(text).not.toMatch(/secret|stack|app\.ts/);
    expect(bench.log.map(({ level }) => level)).toEqual(["error"]);
  });

  it("does not log mistakes of clients as errors", async () => {
    const bench = failing(new UploadError("NOT_FOUND"));
    await bench.send(STATUS);
    expect(bench.log).toEqual([]);
  });

  it("returns 207 for a batch whose statuses differ, otherwise the common status", async () => {
    const bench = trpcBench();
    const client = bench.client();
    const mixed = await Promise.allSettled([
      client.uploads.status.query({ id: UPLOAD_ID }),
      client.uploads.status.query({ id: "nobody" }),
    ]);
    expect(mixed.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    const batch = (ids: string[]) =>
      bench.send(
        `/api/trpc/${ids.map(() => "uploads.status").join(",")}?batch=1&input=${encodeURIComponent(
          JSON.stringify(Object.fromEntries(ids.map((id, index) => [index, { json: { id } }]))),
        )}`,
      );
    expect((await batch([UPLOAD_ID, "nobody"])).status).toBe(207);
    expect((await batch(["nobody", "no one"])).status).toBe(404);
    expect((await batch([UPLOAD_ID, UPLOAD_ID])).status).toBe(200);
  });

  it("accepts at most ten calls in a batch", async () => {
    const bench = trpcBench({ service: { remove: async () => undefined } });
    const paths = (count: number) =>
      Array.from({ length: count }, () => "uploads.status").join(",");
    const input = (count: number) =>
      encodeURIComponent(
        JSON.stringify({ ...Array.from({ length: count }, () => ({ json: { id: UPLOAD_ID } })) }),
      );
    const ask = (count: number) =>
      bench.send(`/api/trpc/${paths(count)}?batch=1&input=${input(count)}`);
    expect((await ask(10)).status).toBe(200);
    const eleven = await ask(11);
    expect([eleven.status, (await errorOf(eleven)).data.upload.code]).toEqual([
      400,
      "INVALID_INPUT",
    ]);
  });
});

function failing(error: Error) {
  return trpcBench({
    service: {
      status: () => Promise.reject(error),
      prefix: async () => null,
      result: () => upload,
    },
  });
}
