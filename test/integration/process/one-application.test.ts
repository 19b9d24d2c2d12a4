import { spawnSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { tempDirectory } from "../../support/temp-directory.ts";

const root = path.join(import.meta.dirname, "../../..");

const script = `
  const [one, two] = await Promise.all([import("./one.mjs"), import("./two.mjs")]);
  const [first, second] = await Promise.all([one.getApplication(), two.getApplication()]);
  const copies = one.getApplication !== two.getApplication;
  await first.close();
  console.log("RESULT " + JSON.stringify({ copies, same: first === second }));
`;

describe("the application", () => {
  it("exists once in a process, even with several copies of its modules", async () => {
    await using directory = await tempDirectory();
    // Inside the project, so that the copies find its packages.
    const home = path.join(root, "node_modules/.cache", path.basename(directory.path));
    await using _copies = {
      [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
    };
    await build({
      absWorkingDir: root,
      entryPoints: { one: "src/server/get-application.ts", two: "src/server/get-application.ts" },
      outdir: home,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      logLevel: "silent",
    });
    await writeFile(path.join(home, "run.mjs"), script);
    const { stdout, stderr } = spawnSync(process.execPath, [path.join(home, "run.mjs")], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, DATA_DIR: directory.path, LOG_LEVEL: "silent" },
    });
    expect(stderr).toBe("");
    expect(stdout).toContain('RESULT {"copies":true,"same":true}');
  });
});
