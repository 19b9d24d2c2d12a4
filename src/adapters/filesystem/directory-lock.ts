import { link, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import type { Server, Socket } from "node:net";
import { join } from "node:path";
import { errorCode, storeFailure, unavailable, unlessMissing } from "./failure.ts";
import { connectTo, listenAt } from "./unix-socket.ts";

/** The right to a directory, held until `release` or until the process ends, however it ends. */
export interface DirectoryLock {
  /**
   * Listens at `<dir>/server.sock`, readable and writable for the process's own user only. Whoever
   * adds a `connection` listener serves what other processes ask of the owner.
   */
  readonly server: Server;
  /** Gives the directory up and ends open connections; twice is no error. */
  release(): Promise<void>;
}

// How it works: the lock is a row of sockets in <dir>/lock, named 1, 2, 3 … The owner is the
// process that listens at the highest. A dead process's socket refuses connections for ever, so
// whoever finds the highest one dead may claim the next number. Claiming is link(2), which one
// contender wins. The socket listens before it gets its number: no contender ever meets a living
// claim that refuses. The highest number is never removed, not even by its owner, so that numbers
// never come back: a slow contender that claims a number from the past finds a higher one and yields.

const ATTEMPTS = 100;

function claimsIn(dir: string): string {
  return join(dir, "lock");
}

/** Where the owner of `dir` listens. */
function socketPath(dir: string): string {
  return join(dir, "server.sock");
}

async function highestClaim(directory: string): Promise<number> {
  const names = await readdir(directory);
  return names.reduce((highest, name) => {
    return /^\d{1,15}$/.test(name) ? Math.max(highest, Number(name)) : highest;
  }, 0);
}

/** Whether a process holds the claim; undefined when the claim vanished: look again. */
async function isAlive(path: string): Promise<boolean | undefined> {
  try {
    const socket = await connectTo(path);
    socket?.destroy();
    return socket !== null;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    // The backlog of a stopped or busy owner is full.
    if (errorCode(error) === "EAGAIN") return true;
    throw error;
  }
}

/** Hangs up on strangers and probes as long as nobody serves them. Answers how to end it all. */
function keepConnections(server: Server): () => Promise<void> {
  const open = new Set<Socket>();
  server.on("error", () => undefined);
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => open.delete(socket));
    if (server.listenerCount("connection") === 1) socket.destroy();
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
}

/** Gives the listening socket its number. False when another contender was faster. */
async function claim(socket: string, path: string): Promise<boolean> {
  try {
    await link(socket, path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Makes the socket known under the name that clients use, in place of a dead owner's. */
async function publish(socket: string, directory: string): Promise<void> {
  const fresh = `${socket}.published`;
  await link(socket, fresh);
  await rename(fresh, socketPath(directory));
}

/** A contender that did not finish in this time (by the file system's clock) is dead. */
const CONTENTION_MS = 60_000;

async function isAbandoned(workshop: string, own: string): Promise<boolean> {
  const [theirs, ours] = await Promise.all([unlessMissing(stat(workshop)), stat(own)]);
  return theirs !== null && ours.mtimeMs - theirs.mtimeMs > CONTENTION_MS;
}

/** Removes what earlier owners and dead contenders left. Those still contending lost and notice. */
async function clear(claims: string, own: { number: number; workshop: string }): Promise<void> {
  for (const name of await readdir(claims)) {
    const path = join(claims, name);
    const past = /^\d+$/.test(name) && Number(name) < own.number;
    const abandoned = name.startsWith("new-") && (await isAbandoned(path, own.workshop));
    if (past || abandoned) await rm(path, { recursive: true, force: true });
  }
}

async function contend(claims: string, socket: string): Promise<number | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const highest = await highestClaim(claims);
    const alive = highest === 0 ? false : await isAlive(join(claims, String(highest)));
    if (alive === true) return null;
    if (alive === undefined) continue;
    const next = highest + 1;
    if (!(await claim(socket, join(claims, String(next))))) continue;
    if ((await highestClaim(claims)) === next) return next;
  }
  throw unavailable(`the lock in ${claims} does not come to rest`);
}

/** Contends with a socket made in `workshop`, which the caller removes. */
async function lockFrom(directory: string, workshop: string): Promise<DirectoryLock | null> {
  const claims = claimsIn(directory);
  const socket = join(workshop, "s");
  const server = await listenAt(socket);
  const release = keepConnections(server);
  try {
    const number = await contend(claims, socket);
    if (number !== null) {
      await publish(socket, directory);
      await clear(claims, { number, workshop });
      return { server, release };
    }
  } catch (error) {
    await release();
    throw error;
  }
  await release();
  return null;
}

async function lock(directory: string): Promise<DirectoryLock | null> {
  const claims = claimsIn(directory);
  await mkdir(claims, { recursive: true, mode: 0o700 });
  // Nobody contends where an owner lives: no socket is made for nothing.
  const highest = await highestClaim(claims);
  if (highest > 0 && (await isAlive(join(claims, String(highest)))) === true) return null;
  const workshop = await mkdtemp(join(claims, "new-"));
  try {
    return await lockFrom(directory, workshop);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/**
 * Makes this process the only owner of `dir` (made if missing) until it releases the lock or
 * dies, even by kill -9. Null when another living process, or another lock in this one, owns it.
 * Works among processes of one machine, containers that share the directory included; not across
 * machines. Throws UNAVAILABLE when the file system cannot hold sockets or links.
 */
export async function lockDirectory(dir: string): Promise<DirectoryLock | null> {
  try {
    return await lock(dir);
  } catch (error) {
    throw storeFailure(error);
  }
}

/**
 * A connection to the process that owns `dir`; null when none does. Throws UNAVAILABLE when the
 * socket belongs to another user.
 */
export async function connectToOwner(dir: string): Promise<Socket | null> {
  try {
    return await unlessMissing(connectTo(socketPath(dir)));
  } catch (error) {
    throw storeFailure(error);
  }
}
