import { describe, expect, it } from "vitest";
import { uploadErrorCodes } from "../../../src/core/errors.ts";
import { bootApp } from "../../support/boot-app.ts";
import type { WholeAnswer } from "../../support/http-client.ts";
import { drfRows, notAtDrf } from "./error-rows.drf.ts";
import { notAtRaw, rawRows } from "./error-rows.raw.ts";
import { notAtTrpc, trpcRows } from "./error-rows.trpc.ts";
import { type ErrorRow, env, profiles, scene } from "./error-rows.ts";
import { notAtTus, tusRows } from "./error-rows.tus.ts";

function told(row: ErrorRow, answer: WholeAnswer): Record<string, unknown> {
  if (row.door === "drf") return { ...(answer.json() as object), status: answer.status };
  if (row.door !== "trpc") return answer.json() as Record<string, unknown>;
  const { error } = answer.json() as {
    error: { json: { message: string; data: { httpStatus: number; upload: object } } };
  };
  const { message, data } = error.json;
  return { ...data.upload, status: data.httpStatus, detail: message };
}

describe.each([
  { door: "raw", rows: rawRows, notHere: notAtRaw },
  { door: "drf", rows: drfRows, notHere: notAtDrf },
  { door: "tRPC", rows: trpcRows, notHere: notAtTrpc },
  { door: "tus", rows: tusRows, notHere: notAtTus },
])("the error table at the $door door", ({ rows, notHere }) => {
  it("has a row for every code, or a reason for its absence", () => {
    const here = rows.map(({ code }) => code);
    expect([...new Set([...here, ...Object.keys(notHere)])].sort()).toEqual(
      [...uploadErrorCodes].sort(),
    );
    expect(here.filter((code) => code in notHere)).toEqual([]);
  });

  it.each(rows)("$code ($status): $when", async (row) => {
    await using app = await bootApp({ env, profiles });
    const answer = await row.ask(await scene(app));
    const { code, status, details = {}, detail } = row;
    expect(told(row, answer)).toMatchObject({
      code,
      status,
      ...details,
      ...(detail && { detail }),
    });
    expect(answer.status).toBe(status);
    const isProblem = row.door === "raw" || row.door === "tus";
    expect(answer.headers["content-type"]).toBe(
      isProblem ? "application/problem+json" : "application/json",
    );
    if (isProblem)
      expect(answer.json()).toMatchObject({ type: "about:blank", title: expect.any(String) });
    if (row.retryAfter) expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    expect(answer.headers["cache-control"]).toContain("no-store");
    expect(answer.headers["access-control-allow-origin"]).toBeDefined();
  });
});
