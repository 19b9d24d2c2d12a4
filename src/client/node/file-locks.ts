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

/** How often an owner shows that it lives, in milliseconds. */
const BEAT_MS = 10_000;
/** An owner that shows nothing for so long, to somebody who watches all the time, is dead. */
const SILENCE_MS = 45_000;
/** How often those who wait look, at first and at last. */
const LOOK_MS = { first: 200, last: 5_000 };

/**
 * Locks among all processes that share a directory, one small file each. They spare work, and are
 * no promise: should two owners meet after all, the server keeps order, as ever. A file names its
 * owner, so that a killed process of this machine frees its locks at once; one elsewhere does when
 * its file has not been touched for a while. Where nothing can be written, every process is on its
 * own.
 */
export function fileLocks(directory: string, silenceMs = SILENCE_MS): Locks {
  const fileOf = (name: string) =>
    join(directory, `${createHash("sha256").update(name).digest("hex").slice(0, 40)}.lock`);
  return {
    tryHold: async (name) => {
      const inner = await processLocks.tryHold(name);
      if (inner === null) return null;
      return within(inner, () => takeUnlessDead({ directory, file: fileOf(name) }));
    },
    hold: async (name, signal) => {
      const inner = await processLocks.hold(name, signal);
      const held = await within(inner, () =>
        wait({ directory, file: fileOf(name), silenceMs }, signal),
      );
      if (held === null) throw new UploadFailure("ABORTED");
      return held;
    },
  };
}

/** Holds the process's lock for as long as the file's; not at all without that. */
async function within(
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

/** null when `signal` aborts first. */
async function wait(
  place: Place & { readonly silenceMs: number },
  signal: AbortSignal,
): Promise<Release | null> {
  const { now, sleep } = timerClock;
  let beat = "";
  let since = now();
  for (let ms = LOOK_MS.first; !signal.aborted; ms = Math.min(LOOK_MS.last, ms * 1.5)) {
    const held = await takeUnlessDead(place);
    if (held !== null) return held;
    const look = await lookAt(place.file);
    if (look?.beat !== beat) since = now();
    else if (now() - since > place.silenceMs) await evict(place.file, look);
    beat = look?.beat ?? "";
    const own = followSignal(signal);
    await sleep(ms, own.signal);
    own.release();
  }
  return null;
}

/** Takes the lock if it is free, or if its owner has certainly died. */
async function takeUnlessDead(place: Place): Promise<Release | null> {
  const held = await take(place);
  if (held !== null) return held;
  const look = await lookAt(place.file);
  if (look !== null && !isDead(look.text)) return null;
  if (look !== null) await evict(place.file, look);
  return take(place);
}

/** Throws when no file can be made there. */
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
  beats.add(file);
  return () => leave(file, text);
}

/** Throws the system's error, EEXIST where there is such a file. */
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

/** At once, so that whoever asks next in this process finds it free. */
function leave(file: string, text: string): void {
  beats.delete(file);
  try {
    if (readFileSync(file, "utf8") === text) unlinkSync(file);
  } catch {
    // Somebody took this process for dead.
  }
}

interface Look {
  readonly text: string;
  /** Changes with every sign of life. */
  readonly beat: string;
}

/** null when there is no such file any more. */
async function lookAt(file: string): Promise<Look | null> {
  try {
    const text = await readFile(file, "utf8");
    const { ino, mtimeMs } = await stat(file);
    return { text, beat: `${ino} ${mtimeMs}` };
  } catch {
    return null;
  }
}

/**
 * Removes the lock that was looked at, and no other: should a faster contender's lie there by now,
 * it is put back.
 */
async function evict(file: string, { text }: Look): Promise<void> {
  const aside = `${file}.${randomUUID()}.tmp`;
  try {
    await rename(file, aside);
    const taken = await readFile(aside, "utf8");
    if (taken !== text) await copyFile(aside, file, constants.COPYFILE_EXCL);
  } catch {
    // Somebody else was faster.
  }
  await rm(aside, { force: true });
}

/** Where a process id means something: this machine, and on Linux this container. */
const host = `${hostname()} ${pidNamespace()}`;

function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

/** Whether the owner is a process of this machine that is no more. */
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

/** The locks of this process, all touched by one timer, which keeps no process alive. */
class Beats {
  readonly #files = new Set<string>();
  #timer: NodeJS.Timeout | null = null;

  add(file: string): void {
    this.#files.add(file);
    this.#timer ??= setInterval(() => this.#beat(), BEAT_MS).unref();
  }

  delete(file: string): void {
    this.#files.delete(file);
    if (this.#files.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #beat(): void {
    const now = new Date();
    for (const file of this.#files) void utimes(file, now, now).catch(() => undefined);
  }
}

const beats = new Beats();
