import { startLocalRegistry } from "./local-registry.ts";
import { type Npm, npm } from "./npm.ts";
import { tempDirectory } from "./temp-directory.ts";

/** `npm install` in `directory`, of nothing but locked versions and without a public registry. */
export async function installLocked(directory: string, args: readonly string[]): Promise<Npm> {
  await using cache = await tempDirectory();
  await using registry = await startLocalRegistry(cache.path);
  const done = await npm(["install", ...args, ...registry.npmArguments], directory);
  if (done.code === 0) return done;
  // npm asks about optional peers, too, and does without them.
  const names = registry.missing.join(", ");
  return { ...done, stderr: `${done.stderr}\nNot locked: ${names}` };
}
