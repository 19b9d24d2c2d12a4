import { startLocalRegistry } from "./local-registry.ts";
import { type Npm, npm } from "./npm.ts";
import { tempDirectory } from "./temp-directory.ts";

/** `npm install` in `directory`, of nothing but locked versions and without a public registry. */
export async function installLocked(directory: string, args: readonly string[]): Promise<Npm> {
  await using cache = await tempDirectory();
  await using registry = await startLocalRegistry(cache.path);
  const done = await npm(["install", ...args, ...registry.npmArguments], directory);
  if (registry.missing.length === 0) return done;
  const names = registry.missing.join(", ");
  return { ...done, code: done.code || 1, stderr: `Not locked: ${names}\n${done.stderr}` };
}
