/** The validators of a finished file. Its bytes never change, so both are strong. */
export interface Validators {
  /** Quoted, strong. */
  readonly etag: string;
  readonly lastModified: Date;
}

export type ConditionVerdict = "proceed" | "not-modified" | "precondition-failed";

/** Evaluates the conditions of a GET or HEAD, in the order of RFC 9110, section 13.2.2. */
export function judgeConditions(headers: Headers, file: Validators): ConditionVerdict {
  const ifMatch = headers.get("if-match");
  if (ifMatch !== null) {
    if (!listsTag(ifMatch, file.etag, "strong")) return "precondition-failed";
  } else if (isBefore(parseDate(headers.get("if-unmodified-since")), file.lastModified)) {
    return "precondition-failed";
  }
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null) {
    return listsTag(ifNoneMatch, file.etag, "weak") ? "not-modified" : "proceed";
  }
  const since = parseDate(headers.get("if-modified-since"));
  return since !== null && !isBefore(since, file.lastModified) ? "not-modified" : "proceed";
}

/**
 * Whether `Range` applies (RFC 9110, section 13.1.5): without `If-Range` it does; a tag there must match
 * strongly, and a date must be exactly the one in `Last-Modified`.
 */
export function rangeCounts(headers: Headers, file: Validators): boolean {
  const condition = headers.get("if-range")?.trim();
  if (condition === undefined) return true;
  if (condition.includes('"')) return condition === file.etag;
  return parseDate(condition) === wholeSeconds(file.lastModified);
}

function listsTag(header: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (header.trim() === "*") return true;
  const tags = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => (comparison === "weak" ? tag.replace(/^W\//, "") : tag) === etag);
}

/** Milliseconds since the epoch; null for an invalid date, which RFC 9110 requires to ignore. */
function parseDate(header: string | null): number | null {
  const ms = header === null ? Number.NaN : Date.parse(header);
  return Number.isNaN(ms) ? null : ms;
}

function isBefore(time: number | null, date: Date): boolean {
  return time !== null && time < wholeSeconds(date);
}

/** HTTP dates have no fractions of a second. */
function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1_000) * 1_000;
}
