import { describe, expect, it } from "vitest";
import { fill, moveScene, randomFiles, withApplication } from "../../support/move-scene.ts";
import { runCli } from "../../support/spawn-server.ts";

describe("the command move", () => {
  it("prints its plan, its result and the next step", async () => {
    await using scene = await moveScene();
    await withApplication(scene.settings(), (application) =>
      fill(application, "ann@example.com", [
        ...randomFiles(10, 20),
        { bytes: Buffer.from("half"), unfinished: true },
      ]),
    );
    const move = ["move", "--to", scene.to];
    const run = (args: readonly string[]) => runCli(args, { env: { DATA_DIR: scene.dataDir } });
    const plan = await run([...move, "--dry-run"]);
    expect(plan.stdout).toContain(
      "Would move 1 user, 1 API token and 2 finished uploads (30 bytes)",
    );
    expect(plan.stdout).toContain("1 unfinished upload not moved: clients must start them again.");
    const { code, stdout } = await run(move);
    expect(code).toBe(0);
    expect(stdout).toContain(
      "2 finished uploads (30 bytes), 1 user and 1 API token are in PostgreSQL",
    );
    expect(stdout).toContain("Set DATABASE_URL to the new database, then start the server.");
    expect((await run(move)).stderr).toContain("do not belong together");
    const refused = await run(["move"]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("--to") });
  });
});
