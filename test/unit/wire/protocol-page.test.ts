import type { AnyProcedure } from "@trpc/server";
import { describe, expect, it } from "vitest";
import { UploadError, uploadErrorCodes } from "../../../src/core/errors.ts";
import { createAppRouter } from "../../../src/doors/trpc/app-router.ts";
import { profiles } from "../../../src/profiles.ts";
import { type ErrorRow, errorTable } from "../../../src/wire/error-table.ts";
import { retryAdvice } from "../../../src/wire/retry-advice.ts";
import { protocolRows } from "../../support/protocol-page.ts";

async function errorRows(cells: number): Promise<string[][]> {
  const rows = await protocolRows(/^[A-Z_]+$/);
  return rows.filter((row) => row.length === cells);
}

describe("docs/protocol.md", () => {
  it("has the statuses, the retry advice and the message of each error code", async () => {
    const rows = await errorRows(6);
    expect(rows).toEqual(
      uploadErrorCodes.map((code) => {
        const { status, drf, tus, retryAfterMs }: ErrorRow = errorTable[code];
        const wait = retryAfterMs === undefined ? "" : ` ${retryAfterMs / 1_000}`;
        const { message } = new UploadError(code);
        return [
          code,
          String(status),
          String(drf),
          String(tus),
          `${retryAdvice[code]}${wait}`,
          message,
        ];
      }),
    );
  });

  it("describes each error code once", async () => {
    const rows = await errorRows(2);
    expect(rows.map(([code]) => code)).toEqual(uploadErrorCodes);
  });

  it("names each tRPC procedure and its type", async () => {
    const rows = await protocolRows(/^`(uploads|tokens|admin)\./);
    // No procedure is called: only the names and types of the router are read.
    const unused = {} as unknown as Omit<Parameters<typeof createAppRouter>[0], "profiles">;
    const router = createAppRouter({ ...unused, core: {} as never, profiles });
    const procedures = router._def.procedures as unknown as Record<string, AnyProcedure>;
    expect(Object.fromEntries(rows.map(([name = "", type]) => [name.slice(1, -1), type]))).toEqual(
      Object.fromEntries(Object.entries(procedures).map(([name, { _def }]) => [name, _def.type])),
    );
  });
});
