import { describe, expect, it } from "vitest";
import { UploadError, uploadErrorCodes } from "../../../../src/core/errors.ts";
import { renderProblem } from "../../../../src/doors/http/render-error.ts";
import { errorTable } from "../../../../src/wire/error-table.ts";
import { jsonOf } from "../../../support/door-request.ts";

describe("a problem", () => {
  it.each(uploadErrorCodes)("has the status, message and code of %s", async (code) => {
    const answer = renderProblem(new UploadError(code));
    const { status } = errorTable[code];
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await jsonOf(answer)).toEqual({
      type: "about:blank",
      title: expect.stringMatching(/^(?!Error$)/),
      status,
      detail: new UploadError(code).message,
      code,
    });
  });

  it("contains the details, which cannot replace its own members", async () => {
    const details = { expected_offset: 4, provided_offset: 8, code: "X", status: 200 };
    const answer = renderProblem(new UploadError("OFFSET_MISMATCH", { details }));
    expect(await jsonOf(answer)).toMatchObject({
      expected_offset: 4,
      provided_offset: 8,
      code: "OFFSET_MISMATCH",
      status: 400,
    });
  });

  it("has Retry-After if waiting helps", () => {
    const busy = renderProblem(new UploadError("BUSY", { retryAfterMs: 9_500 }));
    expect(busy.headers.get("retry-after")).toBe("10");
    expect(renderProblem(new UploadError("NOT_FOUND")).headers.has("retry-after")).toBe(false);
  });
});
