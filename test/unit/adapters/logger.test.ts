import { describe, expect, it } from "vitest";
import { createLogger } from "../../../src/adapters/pino/logger.ts";
import { UploadError } from "../../../src/core/errors.ts";

function logTo(level: string) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { log: createLogger({ level, destination }), lines };
}

describe("the logger", () => {
  it("writes a JSON line an entry", () => {
    const { log, lines } = logTo("info");
    log.info({ uploadId: "x" }, "began");
    log.debug({}, "too quiet");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ uploadId: "x", msg: "began" }]);
  });

  it("is silent when told to be", () => {
    const { log, lines } = logTo("silent");
    log.error({}, "nobody hears");
    expect(lines).toEqual([]);
  });

  it("blots credentials out wherever headers and tokens are logged", () => {
    const { log, lines } = logTo("debug");
    const headers = { authorization: "Bearer s3cret", cookie: "id=s3cret", "set-cookie": "s3cret" };
    log.warn({ token: "s3cret", password: "s3cret", ...headers }, "top");
    log.warn({ headers, made: { token: "s3cret", ticket: "s3cret" } }, "one level down");
    log.warn({ request: { headers } }, "two levels down");
    expect(lines).toHaveLength(3);
    expect(lines.join("")).not.toContain("s3cret");
    expect(lines.join("")).toContain("[redacted]");
  });

  it.each(["err", "error", "cause"])("tells errors with their causes (%s)", (name) => {
    const { log, lines } = logTo("error");
    const error = new UploadError("UNAVAILABLE", { cause: new Error("disk on fire") });
    log.error({ [name]: error }, "failed");
    expect(lines.join("")).toContain("disk on fire");
    expect(lines.join("")).toContain("UNAVAILABLE");
  });
});
