import { link, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import type { Server, Socket } from "node:net";
import { join } from "node:path";
import { errorCode, storeFailure, unavailable, unlessMissing } from "./failure.ts";
import { connectTo, listenAt } from "./unix-socket.ts";

/** Exclusive ownership of a directory, until `release` or the end of the process, even by a crash. */
export interface DirectoryLock {
  /**
   * Listens at `<dir>/server.sock`, readable and writable for the process's own user only. Add a
   * `connection` listener to serve requests of other processes.
   */
  readonly server: Server;
  /** Releases the directory and closes open connections. May be called twice. */
  release(): Promise<void>;
}

// How it works: the lock is a series of sockets in <dir>/lock, named 1, 2, 3 … The owner is the process that
// listens on the highest one. The socket of a dead process refuses connections forever, so a process that finds
// the highest one dead may claim the next number. It claims with link(2), which succeeds for one contender
// only. The socket listens before it gets its number, so that the socket of a live claim never refuses. The
// highest number is never removed, not even by its owner, so that numbers are not reused: a slow contender
// that claims an old number finds a higher one and gives up.

const ATTEMPTS = 100;

function claimsIn(dir: string): string {
  return join(dir, "lock");
}

/** The socket on which the owner of `dir` listens. */
function socketPath(dir: string): string {
  return join(dir, "server.sock");
}

async function highestClaim(directory: string): Promise<number> {
  const names = await readdir(directory);
  return names.reduce((highest, name) => {
    return /^\d{1,15}$/.test(name) ? Math.max(highest, Number(name)) : highest;
  }, 0);
}

/** Whether a process holds the claim; undefined if the claim was removed meanwhile. */
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

/** Closes connections until another `connection` listener exists. Returns a function that closes the server. */
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

/** Gives the listening socket its number. False if another contender was faster. */
async function claim(socket: string, path: string): Promise<boolean> {
  try {
    await link(socket, path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Links the socket to the name that clients use; replaces the socket of a dead owner. */
async function publish(socket: string, directory: string): Promise<void> {
  const fresh = `${socket}.published`;
  await link(socket, fresh);
  await rename(fresh, socketPath(directory));
}

/** A contender that did not finish within this time (by the file system's clock) is dead. */
const CONTENTION_MS = 60_000;

async function isAbandoned(workshop: string, own: string): Promise<boolean> {
  const [theirs, ours] = await Promise.all([unlessMissing(stat(workshop)), stat(own)]);
  return theirs !== null && ours.mtimeMs - theirs.mtimeMs > CONTENTION_MS;
}

/** Removes files of earlier owners and dead contenders. Live contenders have lost and notice it. */
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
  throw unavailable(`too many processes compete for the lock in ${claims}`);
}

/** Contends with a socket created in `workshop`, which the caller removes. */
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
  // While an owner is alive there is no need to create a socket.
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
 * Makes this process the only owner of `dir` (created if missing) until it releases the lock or ends, even by
 * kill -9. Null if another live process, or another lock in this process, owns it. Works between processes on
 * one machine, including containers that share the directory; not across machines. Throws UNAVAILABLE if the
 * file system does not support sockets or hard links.
 */
export async function lockDirectory(dir: string): Promise<DirectoryLock | null> {
  try {
    return await lock(dir);
  } catch (error) {
    throw storeFailure(error);
  }
}

/**
 * A connection to the process that owns `dir`; null if there is none. Throws UNAVAILABLE if the socket
 * belongs to another user.
 */
export async function connectToOwner(dir: string): Promise<Socket | null> {
  try {
    return await unlessMissing(connectTo(socketPath(dir)));
  } catch (error) {
    throw storeFailure(error);
  }
}
