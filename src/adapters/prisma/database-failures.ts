import { isUploadError, UploadError } from "../../core/errors.ts";

/** How long a client should wait before it tries again, in ms. */
const RETRY_MS = 1_000;

/** Prisma's codes for values that the database refuses. */
const badValues = new Set(["P2000", "P2006", "P2007", "P2020", "P2023", "P2033"]);

/** Prisma's codes for broken constraints: where a request may break one, the repository handles it. */
const constraints = new Set(["P2002", "P2003", "P2011", "P2014", "P2025"]);

/** PostgreSQL's class 22: data that it cannot store, such as the character U+0000 in a text. */
const badData = /\b22[0-9A-Z]{3}\b/;

/** The databases' own codes for a full disk: SQLITE_FULL, and `disk_full` of PostgreSQL. */
const diskFull = new Set(["13", "53100"]);

/**
 * A repository whose methods throw UploadErrors only: UNAVAILABLE when the database is away, locked or
 * too slow, STORAGE_FULL when its disk is full, INVALID_INPUT when it refuses a value. Our own mistakes
 * (a query that the client refuses, a constraint that no request can break) are thrown unchanged.
 */
export function translateFailures<T extends object>(repository: T): T {
  const translated = Object.entries(repository).map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await method(...args);
      } catch (error) {
        throw translate(error);
      }
    },
  ]);
  return Object.fromEntries(translated) as T;
}

/** Whether a unique constraint refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === "P2002";
}

/** Whether an update found no row that matches. */
export function isRecordMissing(error: unknown): boolean {
  return codeOf(error) === "P2025";
}

/** The `UploadError` for an error of the database; other errors are returned unchanged. */
export function translate(error: unknown): unknown {
  if (isUploadError(error) || isMistake(error)) return error;
  if (isBadValue(error)) return new UploadError("INVALID_INPUT", { cause: error });
  if (diskFull.has(originalCodeOf(error))) return new UploadError("STORAGE_FULL", { cause: error });
  return new UploadError("UNAVAILABLE", { retryAfterMs: RETRY_MS, cause: error });
}

function isMistake(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    constraints.has(codeOf(error)) ||
    (error instanceof Error && error.name === "PrismaClientValidationError")
  );
}

function isBadValue(error: unknown): boolean {
  const code = codeOf(error);
  if (badValues.has(code)) return true;
  return badData.test(originalCodeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** The driver's own code, which Prisma carries in the error's `meta` or in its cause. */
function originalCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const meta: unknown = "meta" in error ? error.meta : undefined;
  return findOriginalCode(meta) ?? findOriginalCode(error.cause) ?? "";
}

function findOriginalCode(value: unknown, depth = 0): string | null {
  if (typeof value !== "object" || value === null || depth > 4) return null;
  if ("originalCode" in value) return String(value.originalCode);
  for (const key of ["driverAdapterError", "cause"]) {
    const found = findOriginalCode(Reflect.get(value, key), depth + 1);
    if (found !== null) return found;
  }
  return null;
}
