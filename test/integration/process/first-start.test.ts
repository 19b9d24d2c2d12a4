import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { bareProject } from "../../support/bare-project.ts";

describe("the first `npm start`", () => {
  it("names bad settings before it begins a build that takes a minute", async () => {
    const dotEnv = "CHUNK_SIZE=1\nCHUNKED_UPLOAD_CHECKSUM=md5\nPORT=http\n";
    await using project = await bareProject({ dotEnv, built: false });
    const { code, stdout, stderr } = await project.npm(["start", "--silent"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\nThe server cannot start\.\nInvalid settings:\n/);
    expect(stderr).toContain("CHUNK_SIZE must");
    expect(stderr).toContain("PORT must");
    expect(stdout).toBe("");
    expect(await readdir(path.join(project.path, "dist"))).toEqual(["check-settings.js"]);
  });

  it("reports a used port before the build", async () => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    await using project = await bareProject({
      dotEnv: `HOST=127.0.0.1\nPORT=${port}\n`,
      built: false,
    });
    const { code, stdout, stderr } = await project.npm(["start", "--silent"]);
    taken.close();
    expect(stderr).toContain(`Port ${port} is in use.`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
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
