import path from "node:path";

/**
 * The bundled `sqlite-thread.ts`, written by `npm run generate` (a worker loads JavaScript only).
 * Every process of the project runs in the project's directory.
 */
export function threadScript(): string {
  return path.resolve("src/generated/sqlite-thread.mjs");
}
