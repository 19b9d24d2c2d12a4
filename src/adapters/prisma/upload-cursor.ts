import { UploadError } from "../../core/errors.ts";
import type { UploadQuery } from "../../core/ports/uploads.ts";
import type { Prisma } from "../../generated/sqlite/client.ts";
import type { UploadRow } from "./upload-row.ts";

type Where = Prisma.ChunkedUploadWhereInput;
type Order = Prisma.ChunkedUploadOrderByWithRelationInput;

/** A row's place in an order. Of a long filename perhaps only the beginning. */
export interface Position {
  readonly value: string | number | null;
  readonly id: string;
}

/** So much of a filename stands in a cursor, which must fit into an address however it is escaped. */
const NAME_UNITS = 100;

/** The row's place in the order that `query` asks for: an opaque text. */
export function cursorOf(
  row: UploadRow & { filenameFolded: string },
  query: Pick<UploadQuery, "sort">,
): string {
  const values = {
    createdAt: row.createdAt.getTime(),
    filename: row.filenameFolded.slice(0, NAME_UNITS),
    size: row.size === null ? null : Number(row.size),
  };
  const place = [query.sort, values[query.sort], row.id];
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** The order of rows; the id makes it total, and uploads of unknown size come last. */
export function orderOf(query: Pick<UploadQuery, "sort" | "order">): Order[] {
  const { sort, order } = query;
  const id = { id: order };
  if (sort === "size") return [{ size: { sort: order, nulls: "last" } }, id];
  return [sort === "filename" ? { filenameFolded: order } : { createdAt: order }, id];
}

/** Where the page before ended; null on the first one. Throws INVALID_INPUT for a cursor of another order. */
export function readCursor(query: Pick<UploadQuery, "sort" | "cursor">): Position | null {
  return query.cursor === undefined ? null : parsePosition(query.cursor, query.sort);
}

/** Whether the name of a position may have been cut: the row itself tells the whole. */
export function isCut({ value }: Position): boolean {
  return typeof value === "string" && value.length === NAME_UNITS;
}

/** The rows after a position. */
export function afterPosition(
  position: Position | null,
  query: Pick<UploadQuery, "sort" | "order">,
): Where {
  if (position === null) return {};
  const { value, id } = position;
  const past = query.order === "asc" ? "gt" : "lt";
  const ties: Where = { id: { [past]: id } };
  if (query.sort === "size") {
    if (value === null) return { size: null, ...ties };
    const size = BigInt(value);
    return { OR: [{ size: { [past]: size } }, { size, ...ties }, { size: null }] };
  }
  const column = query.sort === "filename" ? "filenameFolded" : "createdAt";
  const at = query.sort === "filename" ? String(value) : new Date(Number(value));
  // The first condition says nothing new, but lets the database start in the index at the cursor.
  return {
    [column]: { [`${past}e`]: at },
    OR: [{ [column]: { [past]: at } }, { [column]: at, ...ties }],
  };
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
