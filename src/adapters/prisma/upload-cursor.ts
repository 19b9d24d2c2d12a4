import { UploadError } from "../../core/errors.ts";
import type { UploadQuery } from "../../core/ports/uploads.ts";
import type { UploadRow } from "./upload-row.ts";

/** A row's place in an order. Of a long filename perhaps only the beginning. */
export interface Position {
  readonly value: string | number | null;
  readonly id: string;
}

/** Maximum length of a filename in a cursor, which must fit into a URL after escaping. */
const NAME_UNITS = 100;

type PlacedRow = Pick<UploadRow, "id" | "createdAt" | "size"> & { filenameFolded: string };

/** The position of the row in the order of `query`, as an opaque string. */
export function cursorOf(row: PlacedRow, query: Pick<UploadQuery, "sort">): string {
  const { value, id } = positionOf(row, query);
  const kept = typeof value === "string" ? value.slice(0, NAME_UNITS) : value;
  return Buffer.from(JSON.stringify([query.sort, kept, id])).toString("base64url");
}

/** The position of the row in the order of `query`. */
export function positionOf(row: PlacedRow, query: Pick<UploadQuery, "sort">): Position {
  const values = {
    createdAt: row.createdAt.getTime(),
    filename: row.filenameFolded,
    size: row.size === null ? null : Number(row.size),
  };
  return { value: values[query.sort], id: row.id };
}

/** Where the page before ended; null on the first one. Throws INVALID_INPUT for a cursor of another order. */
export function readCursor(query: Pick<UploadQuery, "sort" | "cursor">): Position | null {
  return query.cursor === undefined ? null : parsePosition(query.cursor, query.sort);
}

/** Whether the name in a position may have been cut; the row has the full name. */
export function isCut({ value }: Position): boolean {
  return typeof value === "string" && value.length === NAME_UNITS;
}

function parsePosition(cursor: string, sort: UploadQuery["sort"]): Position {
  const refuse = () => new UploadError("INVALID_INPUT", { details: { field: "cursor" } });
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    throw refuse();
  }
  if (!Array.isArray(parsed) || parsed.length !== 3) throw refuse();
  const [name, value, id] = parsed;
  if (name !== sort || typeof id !== "string" || id.includes("\u0000")) throw refuse();
  if (!fits[sort](value)) throw refuse();
  return { value, id };
}

const MAX_TIME = 8.64e15;

const fits: Record<UploadQuery["sort"], (value: unknown) => boolean> = {
  createdAt: (value) => Number.isInteger(value) && Math.abs(Number(value)) <= MAX_TIME,
  filename: (value) => typeof value === "string" && !value.includes("\u0000"),
  size: (value) => value === null || Number.isSafeInteger(value),
};
