import { open } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  fill,
  findings,
  moveScene,
  randomFiles,
  viewsOf,
  withApplication,
} from "../../support/move-scene.ts";
import {
  type S3Server,
  s3Settings,
  startS3Server,
  versitygwPath,
} from "../../support/s3-server.ts";

const MIB = 2 ** 20;
let server: S3Server;
let buckets = 0;

/** A scene with the S3 settings of a new bucket, which the installation does not use yet. */
async function sceneWithBucket() {
  buckets += 1;
  const bucket = `bucket-${buckets}`;
  await server.createBucket(bucket);
  const { CHUNKED_UPLOAD_STORAGE: _, ...settings } = s3Settings(server, bucket);
  return moveScene(settings);
}

describe.skipIf(versitygwPath() === null)("a move to PostgreSQL and S3", () => {
  beforeAll(async () => {
    server = await startS3Server();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  it("copies the files, and leaves the views of every user as they are", async () => {
    await using scene = await sceneWithBucket();
    await withApplication(scene.settings(), async (application) => {
      await fill(application, "bob@example.com", randomFiles(0, 1, 70_000));
      const half = { bytes: Buffer.from("half"), unfinished: true };
      await fill(application, "ann@example.com", randomFiles(17 * MIB + 5, 8 * MIB));
      await fill(application, "eve@example.com", [half]);
    });
    const { "eve@example.com": _, ...before } = await viewsOf(scene.settings());
    const facts = await scene.move({ store: "s3" });
    expect(facts).toMatchObject({ completed: true, moved: 5, unfinished: 1, copiesFiles: true });
    const moved = scene.settings({ DATABASE_URL: scene.to, CHUNKED_UPLOAD_STORAGE: "s3" });
    expect(await viewsOf(moved)).toEqual({ ...before, "eve@example.com": [] });
    expect(Object.values(await findings(moved))).toEqual(Array(5).fill(null));
    // The old installation is a copy of its own.
    expect(Object.values(await findings(scene.settings()))).toEqual(Array(5).fill(null));
  });

  it("names a damaged file, removes its copy and continues after a repair", async () => {
    await using scene = await sceneWithBucket();
    const [key = ""] = await withApplication(scene.settings(), (application) =>
      fill(application, "ann@example.com", randomFiles(9 * MIB, 10, 20, 30)),
    );
    const flip = async () => {
      const file = await open(path.join(scene.dataDir, "media", `${key}.done`), "r+");
      const byte = Buffer.alloc(1);
      await file.read(byte, 0, 1, 8 * MIB + 1);
      await file.write(Buffer.from([255 - (byte[0] ?? 0)]), 0, 1, 8 * MIB + 1);
      await file.close();
    };
    await flip();
    const problems: unknown[] = [];
    const report = ({ problem }: { [key: string]: unknown }) => {
      if (problem !== undefined) problems.push(problem);
    };
    const facts = await scene.move({ store: "s3" }, { report });
    expect(facts).toMatchObject({ completed: false, moved: 3, damaged: 1 });
    expect(problems).toEqual(["wrong checksum"]);
    await expect(scene.move()).rejects.toThrow("or to other files");
    await flip();
    const second = await scene.move({ store: "s3" });
    expect(second).toMatchObject({ completed: true, moved: 4, skipped: 3 });
    const moved = scene.settings({ DATABASE_URL: scene.to, CHUNKED_UPLOAD_STORAGE: "s3" });
    expect(Object.values(await findings(moved))).toEqual(Array(4).fill(null));
  });

  it("continues after it was stopped in the middle of a file", async () => {
    await using scene = await sceneWithBucket();
    await withApplication(scene.settings(), (application) =>
      fill(application, "ann@example.com", randomFiles(10, 20, 30, 40, 20 * MIB)),
    );
    const before = await viewsOf(scene.settings());
    const stopping = new AbortController();
    const report = () => stopping.abort();
    const stopped = await scene.move({ store: "s3" }, { report, signal: stopping.signal });
    expect(stopped).toMatchObject({ stopped: true, completed: false });
    const facts = await scene.move({ store: "s3" });
    expect(facts).toMatchObject({ completed: true, resumed: true, moved: 5 });
    const moved = scene.settings({ DATABASE_URL: scene.to, CHUNKED_UPLOAD_STORAGE: "s3" });
    expect(await viewsOf(moved)).toEqual(before);
    const orphans = await withApplication(moved, ({ core }) =>
      core.administration.sweep({
        keepRecord: false,
        keptRecords: false,
        dryRun: true,
        orphans: true,
      }),
    );
    expect(orphans).toMatchObject({ files: 0, strays: [] });
  });

  it("refuses a bucket that another installation uses", async () => {
    await using scene = await sceneWithBucket();
    const used = scene.settings({
      CHUNKED_UPLOAD_STORAGE: "s3",
      DATABASE_URL: `file:${scene.dataDir}/other.db`,
    });
    await withApplication(used, (application) => fill(application, "ann@example.com", []));
    await expect(scene.move({ store: "s3" })).rejects.toThrow("files of another installation");
  });
});
