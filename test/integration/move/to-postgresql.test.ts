import { appendFile, rm } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { expire } from "../../support/edit-records.ts";
import {
  deleteOf,
  fill,
  findings,
  type MoveScene,
  moveScene,
  randomFiles,
  viewsOf,
  withApplication,
} from "../../support/move-scene.ts";
import { runSql } from "../../support/run-sql.ts";

const doneFile = (scene: MoveScene, key = "") => path.join(scene.dataDir, "media", `${key}.done`);
const moved = (scene: MoveScene) => scene.settings({ DATABASE_URL: scene.to });

/** Two users with finished uploads. Returns the storage keys of the first one. */
function fillTwo(scene: MoveScene): Promise<string[]> {
  return withApplication(scene.settings(), async (application) => {
    const [first] = randomFiles(70_000);
    const blake = { bytes: Buffer.from("abc"), checksumAlgorithm: "blake3" };
    const pending = { bytes: Buffer.from("def"), profile: "delivered" };
    await fill(application, "bob@example.com", [...randomFiles(0, 5), blake, pending]);
    return fill(application, "ann@example.com", [...(first ? [first] : []), ...randomFiles(9, 10)]);
  });
}

describe("a move to PostgreSQL", () => {
  it("leaves the views, tokens and files of every user as they are", async () => {
    await using scene = await moveScene();
    await fillTwo(scene);
    const before = await viewsOf(scene.settings());
    const facts = await scene.move();
    expect(facts).toMatchObject({ completed: true, stopped: false, users: 2, tokens: 2 });
    expect(facts).toMatchObject({ moved: 7, movedBytes: 70_030, skipped: 0, damaged: 0 });
    expect(await viewsOf(moved(scene))).toEqual(before);
    expect(Object.values(await findings(moved(scene)))).toEqual(Array(7).fill(null));
    const rows = (sql: string) => runSql(scene.to, sql);
    expect(await rows('SELECT "attempts", "heldUntil" FROM "OutboxEntry"')).toHaveLength(1);
    expect(await rows('SELECT "passwordHash" FROM "User" WHERE "passwordHash" IS NULL')).toEqual(
      [],
    );
  });

  it("separates the files from the old database", async () => {
    await using scene = await moveScene();
    await fillTwo(scene);
    await scene.move();
    await expect(viewsOf(scene.settings())).rejects.toThrow("do not belong together");
  });

  it("moves records of expired uploads that were kept, and no unfinished uploads", async () => {
    await using scene = await moveScene();
    await withApplication(scene.settings(), async (application) => {
      const halves = randomFiles(100, 200).map((file) => ({ ...file, unfinished: true }));
      const [key = ""] = await fill(application, "ann@example.com", halves);
      await expire(scene, path.basename(key));
      application.forgetRecords();
      const { administration } = application.core;
      await administration.sweep({
        keepRecord: true,
        keptRecords: false,
        orphans: false,
        dryRun: false,
      });
    });
    const [kept] = (await viewsOf(scene.settings()))["ann@example.com"]?.slice(-1) ?? [];
    expect(await scene.move()).toMatchObject({ moved: 0, unfinished: 1, keptRecords: 1 });
    expect(await viewsOf(moved(scene))).toEqual({ "ann@example.com": [kept] });
  });

  it("reports in a dry run what it would move, and changes nothing", async () => {
    await using scene = await moveScene();
    await fillTwo(scene);
    const plan = { users: 2, tokens: 2, uploads: 7, bytes: 70_030, unfinished: 0 };
    expect(await scene.move({ dryRun: true })).toMatchObject({ ...plan, dryRun: true });
    const tables = await runSql(scene.to, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'");
    expect(tables).toEqual([]);
    expect(Object.keys(await viewsOf(scene.settings()))).toHaveLength(2);
  });
});

describe("a move with damaged files", () => {
  it("names them, does not move them, and is complete after they are deleted", async () => {
    await using scene = await moveScene();
    const [longer, missing] = await fillTwo(scene);
    await appendFile(doneFile(scene, longer), "x");
    await rm(doneFile(scene, missing));
    const problems: unknown[] = [];
    const report = ({ storageKey, problem }: { [key: string]: unknown }) => {
      if (problem !== undefined) problems.push({ storageKey, problem });
    };
    const facts = await scene.move({}, { report });
    expect(facts).toMatchObject({ completed: false, moved: 5, damaged: 2 });
    expect(problems).toHaveLength(2);
    expect(problems).toContainEqual({ storageKey: longer, problem: "wrong size" });
    expect(problems).toContainEqual({ storageKey: missing, problem: "missing" });
    await expect(viewsOf(moved(scene))).rejects.toThrow("move into this database is not complete");
    await withApplication(scene.settings(), async (application) => {
      for (const key of [longer, missing]) await deleteOf(application, "ann@example.com", key);
    });
    expect(await scene.move()).toMatchObject({ completed: true, moved: 5, skipped: 5 });
    expect(Object.values(await viewsOf(moved(scene))).flat()).toHaveLength(5);
  });

  it("is complete without them if the operator says so", async () => {
    await using scene = await moveScene();
    const [damaged] = await fillTwo(scene);
    await appendFile(doneFile(scene, damaged), "x");
    expect(await scene.move({ leaveDamaged: true })).toMatchObject({ completed: true, damaged: 1 });
    expect(Object.values(await viewsOf(moved(scene))).flat()).toHaveLength(6);
  });
});

describe("a move that was stopped", () => {
  it("is continued with what changed in the old installation meanwhile", async () => {
    await using scene = await moveScene();
    const [key = ""] = await fillTwo(scene);
    const stopping = new AbortController();
    const report = (facts: { [key: string]: unknown }) => {
      if (facts.moved === 2) stopping.abort();
    };
    const stopped = await scene.move({}, { report, signal: stopping.signal });
    expect(stopped).toMatchObject({ stopped: true, completed: false });
    await expect(viewsOf(moved(scene))).rejects.toThrow("move into this database is not complete");

    await withApplication(scene.settings(), async (application) => {
      await deleteOf(application, "ann@example.com", key);
      const [ann] = (await application.auth.users.list()).filter(({ email }) =>
        email.startsWith("ann"),
      );
      await application.auth.users.update({ id: ann?.id ?? "", name: "Ann" });
      await fill(application, "new@example.com", randomFiles(20));
    });
    const before = await viewsOf(scene.settings());
    expect(await scene.move()).toMatchObject({ completed: true, resumed: true, moved: 7 });
    expect(await viewsOf(moved(scene))).toEqual(before);
    const names = await runSql(scene.to, `SELECT "name" FROM "User" WHERE "email" LIKE 'ann%'`);
    expect(names).toEqual([{ name: "Ann" }]);
  });
});
