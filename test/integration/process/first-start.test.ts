import { readdir } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { bareProject } from "../../support/bare-project.ts";

describe("the first `npm start`", () => {
  it("names bad settings before it begins a build that takes a minute", async () => {
    const dotEnv = "CHUNK_SIZE=1\nCHUNKED_UPLOAD_CHECKSUM=md5\nPORT=http\n";
    await using project = await bareProject({ dotEnv, built: false });
    const { code, stdout, stderr } = await project.npm(["start", "--silent"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\nThe server cannot start\.\nThese settings cannot be used:\n/);
    expect(stderr).toContain("CHUNK_SIZE must");
    expect(stderr).toContain("PORT must");
    expect(stdout).toBe("");
    expect(await readdir(path.join(project.path, "dist"))).toEqual(["check-settings.js"]);
  });

  it("names an unknown digest before that too", async () => {
    await using project = await bareProject({
      dotEnv: "CHUNKED_UPLOAD_CHECKSUM=md9\n",
      built: false,
    });
    const { code, stdout, stderr } = await project.npm(["start", "--silent"]);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/CHUNKED_UPLOAD_CHECKSUM must be one of .*md5/);
  });
});
