import { UploadError } from "../../core/errors.ts";
import { foldText } from "../../core/fold-text.ts";
import type { UploadFilter, UploadPage, UploadQuery } from "../../core/ports/uploads.ts";
import { type Upload, uploadStatus } from "../../core/upload.ts";

/** The e-mail address of an upload's owner; "" without an owner. */
type EmailOf = (upload: Upload) => string;

/** Whether a filter matches an upload. Uploads that are being deleted never match. */
export function matches(
  upload: Upload,
  filter: UploadFilter & { now: Date },
  emailOf: EmailOf,
): boolean {
  return (
    upload.state !== "deleting" &&
    upload.concat !== "partial" &&
    matchesOwner(upload, filter) &&
    (filter.status === undefined || uploadStatus(upload, filter.now) === filter.status) &&
    matchesSearch(upload, filter, emailOf) &&
    (filter.profile === undefined || upload.profile === filter.profile) &&
    isWithin(upload.createdAt, { from: filter.createdAfter, to: filter.createdBefore })
  );
}

function matchesSearch(
  upload: Upload,
  { search, searchOwners }: UploadFilter,
  emailOf: EmailOf,
): boolean {
  if (search === undefined || foldText(upload.path ?? upload.filename).includes(foldText(search))) {
    return true;
  }
  const term = search.trim().toLowerCase();
  if (searchOwners !== true || term === "") return false;
  const byId = upload.ownerId === term || (term.length >= 8 && upload.id.startsWith(term));
  return byId || emailOf(upload).includes(term);
}

function matchesOwner(upload: Upload, { ownerId, includeOwnerless }: UploadFilter): boolean {
  if (ownerId !== undefined) return upload.ownerId === ownerId;
  return includeOwnerless !== false || upload.ownerId !== null;
}

/** Whether a time is in a half-open window. */
export function isWithin(
  time: Date,
  window: { from?: Date | undefined; to?: Date | undefined },
): boolean {
  return (
    (window.from === undefined || time >= window.from) &&
    (window.to === undefined || time < window.to)
  );
}

/** One page of the matching uploads, after the query's cursor. Throws INVALID_INPUT for an invalid cursor. */
export function pageOf(
  uploads: Iterable<Upload>,
  query: UploadQuery,
  emailOf: EmailOf,
): UploadPage {
  const compare = order(query);
  const rows = [...uploads]
    .filter((upload) => matches(upload, query, emailOf))
    .map((upload) => positionOf(upload, query.sort))
    .sort(compare);
  const after = startOf(rows, query);
  const rest = after === null ? rows : rows.filter((row) => compare(row, after) > 0);
  const page = rest.slice(0, query.limit);
  const last = rest.length > query.limit ? page.at(-1) : undefined;
  return {
    items: page.map((row) => row.upload),
    nextCursor: last === undefined ? null : formatCursor(last, query.sort),
  };
}

/** Maximum length of a filename in a cursor. A truncated one is completed from its record, if that still exists. */
const NAME_UNITS = 100;

function startOf(rows: readonly Position[], { cursor, sort }: UploadQuery): Position | null {
  if (cursor === undefined) return null;
  const position = parseCursor(cursor, sort);
  const cut = typeof position.value === "string" && position.value.length === NAME_UNITS;
  return (cut ? rows.find(({ id }) => id === position.id) : undefined) ?? position;
}

interface Position {
  readonly value: string | number | null;
  readonly id: string;
}

function positionOf(upload: Upload, sort: UploadQuery["sort"]): Position & { upload: Upload } {
  const values = {
    createdAt: upload.createdAt.getTime(),
    filename: foldText(upload.filename),
    size: upload.size,
  };
  return { value: values[sort], id: upload.id, upload };
}

/** By value and then id; uploads of unknown size are last in both orders. */
function order({ order }: Pick<UploadQuery, "order">): (a: Position, b: Position) => number {
  const sign = order === "asc" ? 1 : -1;
  return (a, b) => {
    if (a.value !== b.value && (a.value === null || b.value === null)) {
      return a.value === null ? 1 : -1;
    }
    return sign * (rank(a.value, b.value) || rank(a.id, b.id));
  };
}

function rank(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null || a === b) return 0;
  return a < b ? -1 : 1;
}

function formatCursor({ value, id }: Position, sort: string): string {
  const kept = typeof value === "string" ? value.slice(0, NAME_UNITS) : value;
  return Buffer.from(JSON.stringify([sort, kept, id])).toString("base64url");
}

function parseCursor(cursor: string, sort: string): Position {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(parsed) && parsed.length === 3 && parsed[0] === sort) {
      return { value: parsed[1], id: String(parsed[2]) };
    }
  } catch {
    // Refused below.
  }
  throw new UploadError("INVALID_INPUT", { details: { field: "cursor" } });
}
