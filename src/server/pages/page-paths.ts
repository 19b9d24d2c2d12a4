import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

const route = z.object({ page: z.string(), regex: z.string() });
const manifest = z.object({ staticRoutes: z.array(route), dynamicRoutes: z.array(route) });

/** Below it, NextAuth responds to GET and POST; everything else that Next serves is a page. */
export const AUTH_PATH = "/api/auth";

/** The catch-all of the pages, `src/app/(main)/[...missing]`: it shows that there is nothing. */
const CATCH_ALL = "/[...missing]";

/** Whether Next has something at `pathname`, which has no trailing slash unless it is "/". */
export type HasPage = (pathname: string) => boolean;

/**
 * Reads which paths exist from what `next build` wrote, and from `public/`. Next's own internal
 * pages, the catch-all and the route files of the doors, which our server serves itself, are not
 * among them.
 */
export async function readPagePaths(root: string, distDir: string): Promise<HasPage> {
  const text = await readFile(path.join(root, distDir, "routes-manifest.json"), "utf8");
  const { staticRoutes, dynamicRoutes } = manifest.parse(JSON.parse(text));
  const files = await listFiles(path.join(root, "public"));
  const fixed = new Set([...staticRoutes.map(({ page }) => page).filter(isPage), ...files]);
  const patterns = dynamicRoutes
    .filter(({ page }) => isPage(page))
    .map(({ regex }) => new RegExp(regex));
  return (pathname) => fixed.has(pathname) || patterns.some((pattern) => pattern.test(pathname));
}

function isPage(page: string): boolean {
  if (page.startsWith("/_") || page === CATCH_ALL) return false;
  return !page.startsWith("/api/") || page.startsWith(`${AUTH_PATH}/`);
}

/** The files below `directory` as absolute URL paths; empty if the directory does not exist. */
export async function listFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const relative = path.relative(directory, path.join(entry.parentPath, entry.name));
      return `/${relative.split(path.sep).join("/")}`;
    });
}
