import { chmod, mkdtemp, rm, symlink } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { errorCode } from "./failure.ts";

/** Addresses of Unix sockets are limited to 103 bytes on macOS and 107 on Linux; paths may be longer. */
const MAX_ADDRESS_BYTES = 100;

/** Calls `use` with a path of the socket that fits into an address, through a temporary link if necessary. */
async function withShortPath<T>(path: string, use: (path: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(path) <= MAX_ADDRESS_BYTES) return await use(path);
  const base = Buffer.byteLength(tmpdir()) <= MAX_ADDRESS_BYTES - 40 ? tmpdir() : "/tmp";
  const shortcut = await mkdtemp(join(base, "socket-"));
  try {
    await symlink(dirname(path), join(shortcut, "d"));
    return await use(join(shortcut, "d", basename(path)));
  } finally {
    await rm(shortcut, { recursive: true, force: true });
  }
}

function settled<T>(emitter: Server | Socket, event: string, value: T): Promise<T> {
  return new Promise((resolve, reject) => {
    emitter.once("error", reject);
    emitter.once(event, () => {
      emitter.off("error", reject);
      resolve(value);
    });
  });
}

/** A server that listens on `path`, for the process's own user only. It does not keep the process alive. */
export function listenAt(path: string): Promise<Server> {
  return withShortPath(path, async (address) => {
    const server = createServer();
    const listening = settled(server, "listening", server);
    // Exclusive: in a cluster, workers would share their parent's socket.
    server.listen({ path: address, exclusive: true });
    server.unref();
    await listening;
    try {
      await chmod(path, 0o600);
      return server;
    } catch (error) {
      server.close();
      throw error;
    }
  });
}

/**
 * A connection to the socket at `path`. Null if the process that created the socket is dead. Throws the
 * system's error otherwise (ENOENT, EACCES).
 */
export function connectTo(path: string): Promise<Socket | null> {
  return withShortPath(path, async (address) => {
    const socket = connect(address);
    // An error before the caller adds listeners must not end the process; `close` reports it too.
    socket.on("error", () => undefined);
    try {
      return await settled(socket, "connect", socket);
    } catch (error) {
      socket.destroy();
      if (errorCode(error) === "ECONNREFUSED") return null;
      throw error;
    }
  });
}
