import path from "node:path";

/** The thread's script in the build, relative to the project. Defined by scripts/build.mjs. */
declare const BUILT_SQLITE_THREAD: string | undefined;

/**
 * The bundled `sqlite-thread.ts`: a worker loads JavaScript only. `npm run build` writes it next to the
 * server, `npm run generate` for everything that runs from the sources. Every process of the project
 * runs in the project's directory.
 */
export function threadScript(): string {
  const built = typeof BUILT_SQLITE_THREAD === "string" ? BUILT_SQLITE_THREAD : null;
  return path.resolve(built ?? "src/generated/sqlite-thread.mjs");
}
