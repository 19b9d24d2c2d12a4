import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { cpus } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type SpawnedServer, spawnServer } from "../support/spawn-server.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import {
  adminToken,
  forgetPeak,
  memoryOf,
  runClient,
  spawnTusServer,
  type TusServer,
} from "./children.ts";
import type { ClientTask } from "./client.ts";

const MIB = 2 ** 20;
const chunkSizes = [64 * 1024, MIB, 8 * MIB];

/** `BENCH_MIB=512`, `BENCH_ROUNDS=3`, `BENCH_ONLY=speed,complete,memory`. */
const bytes = Number(process.env.BENCH_MIB ?? 512) * MIB;
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const parts = (process.env.BENCH_ONLY ?? "speed,complete,memory").split(",");

const print = (line = "") => process.stdout.write(`${line}\n`);
const name = (size: number) => (size < MIB ? `${size / 1024} KiB` : `${size / MIB} MiB`);

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}

/** What a run left to be written must not slow the next one. */
function settleDisk(): void {
  execFileSync("sync");
}

type Task = Pick<ClientTask, "bytes" | "chunkBytes"> & Partial<ClientTask>;

function rawTask(server: SpawnedServer, token: string, task: Task): ClientTask {
  const common = { wire: "raw", origin: server.url, token, uploads: 1 } as const;
  return { ...common, remove: true, complete: false, ...task };
}

function tusTask(server: TusServer, task: Task): ClientTask {
  const common = { wire: "tus", origin: server.url, token: "", uploads: 1 } as const;
  return { ...common, remove: true, complete: false, ...task };
}

/** MB/s of both servers, in turn, so that whatever slows the machine slows both. */
async function compareSpeed(server: SpawnedServer, token: string, tus: TusServer): Promise<void> {
  print(`One upload of ${name(bytes)} over one connection, median of ${rounds} rounds, MB/s`);
  print();
  print("| chunk size | raw door | @tus/server | ratio | rounds (raw / tus) |");
  print("| --- | --- | --- | --- | --- |");
  for (const chunkBytes of chunkSizes) {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      settleDisk();
      const raw = await runClient(rawTask(server, token, { bytes, chunkBytes }));
      settleDisk();
      const other = await runClient(tusTask(tus, { bytes, chunkBytes }));
      ours.push(bytes / 1e3 / raw.sendMs);
      theirs.push(bytes / 1e3 / other.sendMs);
    }
    const [our, their] = [median(ours), median(theirs)];
    const all = ours.map((speed, round) => `${speed.toFixed(0)}/${theirs[round]?.toFixed(0)}`);
    const figures = [our.toFixed(0), their.toFixed(0), (our / their).toFixed(2), all.join(" ")];
    print(`| ${[name(chunkBytes), ...figures].join(" | ")} |`);
  }
  print();
}

/** What completing costs after the bytes came in order: it must not depend on their number. */
async function timeCompletion(server: SpawnedServer, token: string): Promise<void> {
  print(`Completing, median of ${rounds} uploads, ms`);
  print();
  print("| file | complete | all |");
  print("| --- | --- | --- |");
  for (const size of [64 * MIB, 1024 * MIB]) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const task = rawTask(server, token, { bytes: size, chunkBytes: 8 * MIB, complete: true });
      times.push((await runClient(task)).completeMs ?? Number.NaN);
      settleDisk();
    }
    const all = times.map((time) => time.toFixed(1)).join(" ");
    print(`| ${name(size)} | ${median(times).toFixed(1)} | ${all} |`);
  }
  print();
}

/** The most memory above idle, each time in a server that has done nothing else yet. */
async function measureMemory(): Promise<void> {
  print("Memory of the server, MiB (8 MiB chunks)");
  print();
  print("| uploads at once | idle | peak | above idle |");
  print("| --- | --- | --- | --- |");
  for (const uploads of [1, 32]) {
    await using server = await spawnServer();
    const token = await adminToken(server);
    const each = uploads === 1 ? 512 * MIB : 32 * MIB;
    // One small upload first: what is loaded once belongs to an idle server.
    await runClient(rawTask(server, token, { bytes: MIB, chunkBytes: MIB }));
    await sleep(2_000);
    const { now: idle } = memoryOf(server.pid);
    forgetPeak(server.pid);
    await runClient(rawTask(server, token, { bytes: each, chunkBytes: 8 * MIB, uploads }));
    const { peak } = memoryOf(server.pid);
    print(
      `| ${[uploads, idle.toFixed(0), peak.toFixed(0), (peak - idle).toFixed(0)].join(" | ")} |`,
    );
  }
  print();
}

print(`${cpus().length} cores (${cpus()[0]?.model}), Node ${process.versions.node}`);
print("The raw door hashes (MD5), syncs and commits each chunk; @tus/server does none of these.");
print();
if (parts.includes("speed") || parts.includes("complete")) {
  await using directory = await tempDirectory();
  await using server = await spawnServer();
  const files = path.join(directory.path, "tus");
  await mkdir(files);
  await using tus = await spawnTusServer(files);
  const token = await adminToken(server);
  if (parts.includes("speed")) await compareSpeed(server, token, tus);
  if (parts.includes("complete")) await timeCompletion(server, token);
}
if (parts.includes("memory")) await measureMemory();
