import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { connectToOwner, lockDirectory } from "../../../src/adapters/filesystem/directory-lock.ts";

async function directory(...below: string[]) {
  const base = await mkdtemp(join(tmpdir(), "lock-"));
  const path = join(base, ...below);
  await mkdir(path, { recursive: true });
  return { path, [Symbol.asyncDispose]: () => rm(base, { recursive: true }) };
}

/** Processes that contend for `path`. */
async function contenders(path: string, count: number) {
  const children = Array.from({ length: count }, () =>
    fork(join(import.meta.dirname, "lock-contender.ts"), [path], { execArgv: ["--import", "tsx"] }),
  );
  const kill = async (child: ChildProcess) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  };
  await Promise.all(children.map((child) => once(child, "message")));
  return {
    children,
    kill,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(children.map(kill));
    },
  };
}

/** The response of each child to a request to lock: true if it got the lock. */
async function race(children: readonly ChildProcess[]): Promise<unknown[]> {
  const answers = children.map((child) => once(child, "message"));
  for (const child of children) child.send("go");
  return (await Promise.all(answers)).map(([answer]) => answer);
}

describe("the lock of a directory", () => {
  it("has one owner at a time, until it is released", async () => {
    await using dir = await directory();
    const first = await lockDirectory(dir.path);
    expect(first).not.toBeNull();
    expect(await lockDirectory(dir.path)).toBeNull();
    await first?.release();
    await first?.release();
    const second = await lockDirectory(dir.path);
    expect(second).not.toBeNull();
    await second?.release();
  });

  it("makes the directory, and a socket that only its own user may use", async () => {
    await using dir = await directory();
    const path = join(dir.path, "new", "data");
    const lock = await lockDirectory(path);
    expect((await stat(join(path, "server.sock"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(path, "lock"))).mode & 0o777).toBe(0o700);
    await lock?.release();
  });

  it("goes to one of many that ask at once, again and again, and leaves no litter", async () => {
    await using dir = await directory();
    for (let round = 0; round < 5; round++) {
      const locks = await Promise.all(Array.from({ length: 20 }, () => lockDirectory(dir.path)));
      const won = locks.filter((lock) => lock !== null);
      expect(won).toHaveLength(1);
      await won[0]?.release();
    }
    expect(await readdir(join(dir.path, "lock"))).toHaveLength(1);
  });

  it("is kept by a living process, even a stopped one, and freed by kill -9", async () => {
    await using dir = await directory();
    await using others = await contenders(dir.path, 1);
    expect(await race(others.children)).toEqual([true]);
    expect(await lockDirectory(dir.path)).toBeNull();
    const [owner] = others.children;
    owner?.kill("SIGSTOP");
    expect(await lockDirectory(dir.path)).toBeNull();
    if (owner !== undefined) await others.kill(owner);
    expect(await connectToOwner(dir.path)).toBeNull();
    const lock = await lockDirectory(dir.path);
    expect(lock).not.toBeNull();
    await lock?.release();
  });

  it("has exactly one winner among eight processes that race for a dead one's lock", async () => {
    await using dir = await directory();
    await using others = await contenders(dir.path, 9);
    let alive = [...others.children];
    for (let round = 0; round < 6; round++) {
      const answers = await race(alive);
      expect(answers.filter((answer) => answer === true)).toHaveLength(1);
      expect(answers.filter((answer) => answer === false)).toHaveLength(alive.length - 1);
      const winner = alive[answers.indexOf(true)];
      const socket = await connectToOwner(dir.path);
      expect(socket === null ? null : await text(socket)).toBe(String(winner?.pid));
      if (winner !== undefined) await others.kill(winner);
      alive = alive.filter((child) => child !== winner);
    }
  });

  it("carries connections to its owner, and closes them while none are served", async () => {
    await using dir = await directory();
    expect(await connectToOwner(dir.path)).toBeNull();
    const lock = await lockDirectory(dir.path);
    const unserved = await connectToOwner(dir.path);
    expect(unserved === null ? null : await text(unserved)).toBe("");
    lock?.server.on("connection", (socket) => socket.end("hello"));
    const served = await connectToOwner(dir.path);
    expect(served === null ? null : await text(served)).toBe("hello");
    await lock?.release();
    expect(await connectToOwner(dir.path)).toBeNull();
  });

  it("works in a directory whose path is longer than a socket's address", async () => {
    await using dir = await directory("d".repeat(120), "e".repeat(120));
    const lock = await lockDirectory(dir.path);
    expect(await lockDirectory(dir.path)).toBeNull();
    lock?.server.on("connection", (socket) => socket.end("far"));
    const socket = await connectToOwner(dir.path);
    expect(socket === null ? null : await text(socket)).toBe("far");
    await lock?.release();
    const again = await lockDirectory(dir.path);
    expect(again).not.toBeNull();
    await again?.release();
  });

  it("ends open connections when it is released", async () => {
    await using dir = await directory();
    const lock = await lockDirectory(dir.path);
    lock?.server.on("connection", (socket) => socket.write("wait"));
    const socket = await connectToOwner(dir.path);
    if (socket !== null) await once(socket, "data");
    await lock?.release();
    if (socket !== null && !socket.destroyed) await once(socket, "close");
    expect(await connectToOwner(dir.path)).toBeNull();
  });
});
