/** The kind of database that a URL names. */
export type DatabaseKind = "sqlite" | "postgresql";

/**
 * Tells the kind by the URL's scheme: `file:/abs/path.db` or `postgresql://…` (`postgres://…`).
 * Throws an Error for any other: it is a setting, not a request.
 */
export function databaseKind(url: string): DatabaseKind {
  if (url.startsWith("file:")) return "sqlite";
  if (/^postgres(ql)?:\/\//.test(url)) return "postgresql";
  throw new Error("DATABASE_URL must begin with file: or postgresql://");
}

/** The path in a `file:` URL, taken literally: no escapes, no query. */
export function databasePath(url: string): string {
  return url.slice("file:".length).replace(/^\/\/(?=\/)/, "");
}
