import { createHash, randomUUID } from "node:crypto";
import { readFileSync, readlinkSync, unlinkSync } from "node:fs";
import {
  constants,
  copyFile,
  mkdir,
  open,
  readFile,
  rename,
  rm,
  stat,
  utimes,
} from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { pid } from "node:process";
import { UploadFailure } from "../failure.ts";
import { followSignal } from "../follow-signal.ts";
import type { Locks, Release } from "../runtime.ts";
import { timerClock } from "../timer-clock.ts";
import { processLocks } from "./process-locks.ts";

/** How often an owner touches its lock files, in milliseconds. */
const HEARTBEAT_MS = 10_000;
/** An owner counts as dead when a waiting process sees no heartbeat for this time, in milliseconds. */
const SILENCE_MS = 45_000;
/** How often a waiting process checks the lock at first and at most seldom, in milliseconds. */
const POLL_MS = { first: 200, last: 5_000 };

/**
 * Locks shared by all processes that use a directory, one small file each. They only save work: if two
 * processes own a lock at the same time, the server still keeps the upload consistent. A file names its
 * owner. The locks of a killed process on this machine are taken over at once; those of another machine
 * when their file has not been touched for a while. If the directory is not writable, each process has
 * its own locks.
 */
export function fileLocks(directory: string, silenceMs = SILENCE_MS): Locks {
  const fileOf = (name: string) =>
    join(directory, `${createHash("sha256").update(name).digest("hex").slice(0, 40)}.lock`);
  return {
    tryHold: async (name) => {
      const inner = await processLocks.tryHold(name);
      if (inner === null) return null;
      return withFileLock(inner, () => takeUnlessDead({ directory, file: fileOf(name) }));
    },
    hold: async (name, signal) => {
      const inner = await processLocks.hold(name, signal);
      const held = await withFileLock(inner, () =>
        wait({ directory, file: fileOf(name), silenceMs }, signal),
      );
      if (held === null) throw new UploadFailure("ABORTED");
      return held;
    },
  };
}

/** Combines the lock within the process, `inner`, with the lock file. Releases `inner` if the file is not acquired. */
async function withFileLock(
  inner: Release,
  take: () => Promise<Release | null>,
): Promise<Release | null> {
  const outer = await take().catch(() => free);
  if (outer === null) inner();
  return (
    outer &&
    (() => {
      outer();
      inner();
    })
  );
}

const free: Release = () => undefined;

interface Place {
  readonly directory: string;
  readonly file: string;
}

/** Returns null when `signal` aborts first. */
async function wait(
  place: Place & { readonly silenceMs: number },
  signal: AbortSignal,
): Promise<Release | null> {
  const { now, sleep } = timerClock;
  let beat = "";
  let since = now();
  for (let ms = POLL_MS.first; !signal.aborted; ms = Math.min(POLL_MS.last, ms * 1.5)) {
    const held = await takeUnlessDead(place);
    if (held !== null) return held;
    const lock = await readLock(place.file);
    if (lock?.beat !== beat) since = now();
    else if (now() - since > place.silenceMs) await evict(place.file, lock);
    beat = lock?.beat ?? "";
    const own = followSignal(signal);
    await sleep(ms, own.signal);
    own.release();
  }
  return null;
}

/** Acquires the lock if it is free or if its owner is certainly dead. */
async function takeUnlessDead(place: Place): Promise<Release | null> {
  const held = await take(place);
  if (held !== null) return held;
  const lock = await readLock(place.file);
  if (lock !== null && !isDead(lock.text)) return null;
  if (lock !== null) await evict(place.file, lock);
  return take(place);
}

/** Creates the lock file. Returns null if it exists. Throws if the directory is not writable. */
async function take({ directory, file }: Place): Promise<Release | null> {
  const text = JSON.stringify({ host, pid, token: randomUUID() });
  try {
    await writeNew(file, text).catch(async (error: unknown) => {
      if (codeOf(error) !== "ENOENT") throw error;
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeNew(file, text);
    });
  } catch (error) {
    if (codeOf(error) === "EEXIST") return null;
    throw error;
  }
  heartbeats.add(file);
  return () => release(file, text);
}

/** Throws the system error, for example EEXIST. */
async function writeNew(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** Synchronous, so that the next caller in this process finds the lock free. */
function release(file: string, text: string): void {
  heartbeats.delete(file);
  try {
    if (readFileSync(file, "utf8") === text) unlinkSync(file);
  } catch {
    // Another process has taken over the lock.
  }
}

interface LockState {
  readonly text: string;
  /** Changes with every heartbeat. */
  readonly beat: string;
}

/** Returns null when the file does not exist. */
async function readLock(file: string): Promise<LockState | null> {
  try {
    const text = await readFile(file, "utf8");
    const { ino, mtimeMs } = await stat(file);
    return { text, beat: `${ino} ${mtimeMs}` };
  } catch {
    return null;
  }
}

/**
 * Removes the lock with the content `text`. If another process has replaced it in the meantime, that
 * lock is put back.
 */
async function evict(file: string, { text }: LockState): Promise<void> {
  const aside = `${file}.${randomUUID()}.tmp`;
  try {
    await rename(file, aside);
    const taken = await readFile(aside, "utf8");
    if (taken !== text) await copyFile(aside, file, constants.COPYFILE_EXCL);
  } catch {
    // Another process was faster.
  }
  await rm(aside, { force: true });
}

/** Identifies the scope of process ids: this machine, and on Linux this container. */
const host = `${hostname()} ${pidNamespace()}`;

function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

/** Whether the owner is a process of this machine that no longer exists. */
function isDead(text: string): boolean {
  try {
    const owner = JSON.parse(text);
    if (owner.host !== host) return false;
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, "code") : undefined;
}

/** Touches the lock files of this process with one timer, which does not keep the process alive. */
class Heartbeats {
  readonly #files = new Set<string>();
  #timer: NodeJS.Timeout | null = null;

  add(file: string): void {
    this.#files.add(file);
    this.#timer ??= setInterval(() => this.#touchAll(), HEARTBEAT_MS).unref();
  }

  delete(file: string): void {
    this.#files.delete(file);
    if (this.#files.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #touchAll(): void {
    const now = new Date();
    for (const file of this.#files) void utimes(file, now, now).catch(() => undefined);
  }
}

const heartbeats = new Heartbeats();
