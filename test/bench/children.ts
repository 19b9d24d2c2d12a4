import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { adminEmail, type SpawnedServer } from "../support/spawn-server.ts";
import type { ClientReport, ClientTask } from "./client.ts";
import type { SocketReport, SocketTask } from "./socket-client.ts";

const root = path.join(import.meta.dirname, "../..");

function runTypeScript(file: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", file, ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Runs the client in a process of its own, so that neither server pays for it. */
export async function runClient(task: ClientTask): Promise<ClientReport> {
  return (await runOne("client.ts", task)) as ClientReport;
}

/** As `runClient`, with the client that writes prepared buffers to raw sockets. */
export async function runSocketClient(task: SocketTask): Promise<SocketReport> {
  return (await runOne("socket-client.ts", task)) as SocketReport;
}

async function runOne(file: string, task: object): Promise<unknown> {
  const child = runTypeScript(path.join(import.meta.dirname, file), [JSON.stringify(task)]);
  let output = "";
  child.stdout?.on("data", (bytes) => {
    output += bytes;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`The client ended with ${code}.`);
  return JSON.parse(output);
}

/** A new API token of the administrator. */
export async function adminToken(server: SpawnedServer): Promise<string> {
  const made = await server.cli(["token", "create", adminEmail, "--name", "bench", "--json"]);
  if (made.code !== 0) throw new Error(made.stderr);
  return JSON.parse(made.stdout).token;
}

/** Where a socket client sends to. */
export type SocketTarget = Pick<SocketTask, "port" | "paths" | "token">;

/** The floor experiment: a server that only hashes and writes. It takes one upload at a time. */
export async function spawnFloor(directory: string, digest: string) {
  const child = runTypeScript(path.join(import.meta.dirname, "floor/floor.ts"), [
    directory,
    digest,
  ]);
  const url = await readyAt(child);
  const port = Number(new URL(url).port);
  return {
    pid: child.pid ?? 0,
    begin: async (): Promise<SocketTarget> => ({ port, token: "", paths: ["/"] }),
    [Symbol.asyncDispose]: () => end(child),
  };
}

async function readyAt(child: ChildProcess): Promise<string> {
  const ended = once(child, "exit").then(() => {
    throw new Error("The server ended before it was ready.");
  });
  const [line] = await Promise.race([once(child.stdout ?? child, "data"), ended]);
  const url = /Ready at (\S+)/.exec(String(line))?.[1];
  if (url === undefined) throw new Error(`The server did not start: ${line}`);
  return url;
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

export interface TusServer extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

export async function spawnTusServer(directory: string): Promise<TusServer> {
  const child = runTypeScript(path.join(import.meta.dirname, "tus-server.ts"), [directory]);
  const url = await readyAt(child);
  return { url, pid: child.pid ?? 0, [Symbol.asyncDispose]: () => end(child) };
}

/** A process's memory in MiB: now, and the most since `forgetPeak`. Linux only. */
export function memoryOf(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? Number.NaN) / 1024;
  return { now: field("VmRSS"), peak: field("VmHWM") };
}

/** Makes the kernel count the peak anew from here (proc(5), clear_refs). */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, that a process has used with all its threads. Linux only (proc(5), stat). */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12);
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}
