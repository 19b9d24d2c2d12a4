import { describe, expect, it } from "vitest";
import {
  fill,
  moveScene,
  newPostgres,
  randomFiles,
  viewsOf,
  withApplication,
} from "../../support/move-scene.ts";

describe("a move is refused", () => {
  it("while a server uses the source", async () => {
    await using scene = await moveScene();
    await withApplication(scene.settings(), async () => {
      await expect(scene.move()).rejects.toThrow("Another process uses the data directory");
    });
  });

  it("while a server uses the target", async () => {
    await using scene = await moveScene();
    await using other = await moveScene({ DATABASE_URL: scene.to });
    await withApplication(other.settings(), async () => {
      await expect(scene.move()).rejects.toThrow("A server uses the target");
    });
  });

  it("if the target is not empty, and does not change it", async () => {
    await using scene = await moveScene();
    await using other = await moveScene({ DATABASE_URL: scene.to });
    const work = { email: "ann@example.com", files: randomFiles(3) };
    await withApplication(other.settings(), (each) => fill(each, work.email, work.files));
    const before = await viewsOf(other.settings());
    await expect(scene.move()).rejects.toThrow("is not empty");
    await expect(scene.move({ dryRun: true })).rejects.toThrow("is not empty");
    expect(await viewsOf(other.settings())).toEqual(before);
  });

  it("if the move is complete already", async () => {
    await using scene = await moveScene();
    await scene.move();
    await expect(scene.move()).rejects.toThrow("do not belong together");
  });

  it("if the target has an incomplete move of another installation", async () => {
    await using scene = await moveScene();
    await using other = await moveScene();
    const stopped = { signal: AbortSignal.abort() };
    await withApplication(other.settings(), (each) => fill(each, "a@example.com", randomFiles(3)));
    expect(await other.move({ to: scene.to }, stopped)).toMatchObject({ stopped: true });
    await expect(scene.move()).rejects.toThrow("incomplete move of another installation");
  });

  it.each([
    [{ to: "file:/tmp/x.db" }, {}, "--to must be postgresql://"],
    [{ store: "s3" }, {}, "S3_BUCKET must be set"],
    [
      { to: "postgresql://u:p@h/d" },
      { DATABASE_URL: "postgresql://x:y@h/d" },
      "uses this database",
    ],
    [{}, { DATABASE_URL: "postgresql://x:y@h/d", ...bucket() }, "Use pg_dump"],
    [{ store: "s3" }, bucket(), "in S3 already"],
    [{ to: "postgresql://u:p@127.0.0.1:1/d" }, {}, "The target database cannot be used"],
  ] as const)("for %j with the settings %j", async (ask, env, sentence) => {
    await using scene = await moveScene(env);
    await expect(scene.move(ask)).rejects.toThrow(sentence);
  });

  it("if another database has the files meanwhile", async () => {
    await using scene = await moveScene();
    await using second = await newPostgres();
    await scene.move();
    await expect(scene.move({ to: second.url })).rejects.toThrow("do not belong together");
  });
});

function bucket() {
  return { CHUNKED_UPLOAD_STORAGE: "s3", S3_BUCKET: "b", S3_REGION: "r" };
}
