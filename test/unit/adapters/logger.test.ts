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

  it("writes nothing at level silent", () => {
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

  it("shortens the ids of uploads wherever they appear, and no other ids", () => {
    const id = "0b7a1c52-9d4e-4a3f-8c21-5e6f7a8b9c0d";
    const user = "1c8b2d63-0e5f-4b40-9d32-6f708b9cad1e";
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = createLogger({ level: "info", destination, shortenUploadIds: true });
    const err = new Error(`ENOENT: no such file, open '/data/media/${id}.part'`);
    const users = { principal: user, userId: user, ownerId: user, subjectId: user };
    log.error({ path: `/api/uploads/${id}/file`, uploadId: id, ...users, err }, "failed");
    expect(JSON.parse(lines.join(""))).toMatchObject({
      path: "/api/uploads/0b7a1c52.../file",
      uploadId: "0b7a1c52...",
      ...users,
    });
    expect(lines.join("")).not.toContain(id);
  });

  it.each(["err", "error", "cause"])("tells errors with their causes (%s)", (name) => {
    const { log, lines } = logTo("error");
    const error = new UploadError("UNAVAILABLE", { cause: new Error("disk on fire") });
    log.error({ [name]: error }, "failed");
    expect(lines.join("")).toContain("disk on fire");
    expect(lines.join("")).toContain("UNAVAILABLE");
  });
});
