import { spawnSync } from "node:child_process";
import { readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileLocks } from "../../../src/client/node/file-locks.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const patience = () => AbortSignal.timeout(20_000);

/** A directory in which another process holds the only lock, and what that process wrote. */
async function heldElsewhere(change: (owner: { host: string; pid: number }) => object) {
  const directory = await tempDirectory();
  const locks = fileLocks(directory.path);
  const release = await locks.tryHold("a");
  const [name = ""] = await readdir(directory.path);
  const file = join(directory.path, name);
  const owner = JSON.parse(await readFile(file, "utf8"));
  release?.();
  await writeFile(file, JSON.stringify({ ...owner, ...change(owner) }));
  return {
    locks,
    directory: directory.path,
    file,
    [Symbol.asyncDispose]: directory[Symbol.asyncDispose],
  };
}

/** The id of a process that has ended. */
const deadPid = () => spawnSync(process.execPath, ["-e", ""]).pid;

describe("locks shared by processes", () => {
  it("have one owner and leave no file behind", async () => {
    await using directory = await tempDirectory();
    const locks = fileLocks(join(directory.path, "new"));
    const release = await locks.tryHold("a");
    expect(release).not.toBeNull();
    expect(await locks.tryHold("a")).toBeNull();
    expect(await locks.tryHold("b")).not.toBeNull();
    const next = locks.hold("a", patience());
    release?.();
    (await next)();
    expect(await readdir(join(directory.path, "new"))).toHaveLength(1);
  });

  it("are free at once after a release", async () => {
    await using directory = await tempDirectory();
    const locks = fileLocks(directory.path);
    for (let round = 0; round < 3; round += 1) {
      const release = await locks.tryHold("a");
      expect(release).not.toBeNull();
      release?.();
    }
  });

  it("are respected while their owner is alive, on this machine or another", async () => {
    const owners = [{ pid: process.pid }, { host: "elsewhere", pid: deadPid() }];
    for (const owner of owners) {
      await using scene = await heldElsewhere(() => owner);
      expect(await scene.locks.tryHold("a")).toBeNull();
      const waiting = scene.locks.hold("a", AbortSignal.timeout(500));
      await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
      expect(await readdir(scene.directory)).toHaveLength(1);
    }
  });

  it("of a dead process of this machine are taken over at once", async () => {
    await using scene = await heldElsewhere(() => ({ pid: deadPid() }));
    const release = await scene.locks.tryHold("a");
    expect(release).not.toBeNull();
    release?.();
    expect(await readdir(scene.directory)).toEqual([]);
  });

  it("of an owner on another machine are taken over when their file is no longer touched", async () => {
    await using scene = await heldElsewhere(() => ({ host: "elsewhere" }));
    const locks = fileLocks(scene.directory, 1_000);
    const beating = setInterval(() => void utimes(scene.file, new Date(), new Date()), 50);
    const waiting = locks.hold("a", patience());
    const early = await Promise.race([
      waiting.then(() => "taken"),
      new Promise((resolve) => setTimeout(resolve, 2_500, "waiting")),
    ]);
    expect(early).toBe("waiting");
    clearInterval(beating);
    (await waiting)();
    expect(await readdir(scene.directory)).toEqual([]);
  });

  it("that were taken over are not removed by their old owner", async () => {
    await using directory = await tempDirectory();
    const locks = fileLocks(directory.path);
    const release = await locks.tryHold("a");
    const [name = ""] = await readdir(directory.path);
    await writeFile(join(directory.path, name), "somebody else's");
    release?.();
    expect(await readdir(directory.path)).toEqual([name]);
  });

  it("work within the process if the directory is not writable", async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, "file");
    await writeFile(path, "");
    const locks = fileLocks(join(path, "below"));
    const release = await locks.tryHold("a");
    expect(release).not.toBeNull();
    expect(await locks.tryHold("a")).toBeNull();
    release?.();
  });
});
