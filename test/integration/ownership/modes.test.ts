import { chmod, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { startOn } from "../../support/start-on.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { uploadOne } from "../../support/upload-one.ts";

/** The names below `directory` that group or others have rights to. */
async function open(directory: string): Promise<string[]> {
  const names = ["", ...(await readdir(directory, { recursive: true }))];
  const modes = await Promise.all(names.map((name) => stat(path.join(directory, name))));
  return names.filter((_, index) => ((modes[index]?.mode ?? 0) & 0o077) !== 0);
}

describe("the data directory", () => {
  it("and everything in it is for the server's own user", async () => {
    await using directory = await tempDirectory();
    const dataDir = path.join(directory.path, "data");
    await using application = await startOn({ dataDir });
    await uploadOne(application);
    expect(await open(dataDir)).toEqual([]);
  });

  it("loses the rights of other users that it had before", async () => {
    await using directory = await tempDirectory();
    const dataDir = path.join(directory.path, "data");
    const first = await startOn({ dataDir });
    await uploadOne(first);
    await first.close();
    for (const name of await readdir(dataDir, { recursive: true })) {
      const at = path.join(dataDir, name);
      await chmod(at, (await stat(at)).isDirectory() ? 0o755 : 0o644);
    }
    await chmod(dataDir, 0o755);
    await mkdir(path.join(dataDir, "of-the-operator"), { mode: 0o755 });
    await writeFile(path.join(dataDir, "notes.txt"), "", { mode: 0o644 });
    await using application = await startOn({ dataDir });
    // The search for files without a record looks at every file of the store.
    await application.core.housekeeping.strays(new AbortController().signal);
    expect(await open(dataDir)).toEqual([]);
  });
});
