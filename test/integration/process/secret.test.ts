import { stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readOrCreateSecret } from "../../../src/server/secret.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

describe("the generated secret", () => {
  it("is created once, readable by its owner only, even by concurrent requests", async () => {
    await using directory = await tempDirectory();
    const asked = Array.from({ length: 8 }, () => readOrCreateSecret(directory.path));
    const secrets = new Set(await Promise.all(asked));
    expect(secrets.size).toBe(1);
    expect([...secrets][0]?.length).toBeGreaterThanOrEqual(32);
    const { mode } = await stat(path.join(directory.path, "secret"));
    expect(mode & 0o777).toBe(0o600);
  });

  it("is refused when the file holds too little", async () => {
    await using directory = await tempDirectory();
    await writeFile(path.join(directory.path, "secret"), "x");
    await expect(readOrCreateSecret(directory.path)).rejects.toThrow("too short");
  });
});
