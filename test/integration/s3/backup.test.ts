import { readdir } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { askServer } from "../../../src/server/ask-server.ts";
import { startS3Scene } from "../../support/s3-scene.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const silent = {
  signal: new AbortController().signal,
  report: () => undefined,
  confirm: async () => false,
};

describe("a backup with files in a bucket", () => {
  it("contains the database and the secret, and refuses to copy files only", async () => {
    await using scene = await startS3Scene();
    await using place = await tempDirectory();
    const bytes = Buffer.from("a file");
    const sending = await scene.begin(bytes);
    await sending.put(0, bytes.length);
    await sending.complete();
    const ask = { name: "backup", copy: false } as const;
    const directory = path.join(place.path, "copy");
    await expect(
      askServer(scene.app.dataDir, { ...ask, directory, filesOnly: true }, silent),
    ).rejects.toThrow("use versioning or replication of the bucket");
    const facts = await askServer(
      scene.app.dataDir,
      { ...ask, directory, filesOnly: false },
      silent,
    );
    expect(facts).toMatchObject({ database: "database.db", files: 0, inBucket: true });
    expect((await readdir(directory)).sort()).toEqual(
      expect.arrayContaining(["backup.json", "database.db"]),
    );
  });
});
