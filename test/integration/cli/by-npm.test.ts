import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { bareProject } from "../../support/bare-project.ts";

describe("npm run cli", () => {
  it("reads settings from .env, as the server does", async () => {
    await using project = await bareProject({ dotEnv: "DATA_DIR=./elsewhere\n", built: true });
    const { code, stdout } = await project.npm(["run", "--silent", "cli", "--", "migrate"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Applied: \d{14}_init/);
    expect(existsSync(path.join(project.path, "elsewhere/database.db"))).toBe(true);
    expect(existsSync(path.join(project.path, "data"))).toBe(false);
  });

  it("reports that the command line is not built", async () => {
    await using project = await bareProject({ dotEnv: "", built: false });
    const { code, stderr } = await project.npm(["run", "--silent", "cli", "--", "migrate"]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      "The command line is not built. Run `npm start` or `npm run build` first.\n",
    );
  });
});
