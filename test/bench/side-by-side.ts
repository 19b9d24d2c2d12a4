import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { type SpawnedServer, spawnServer } from "../support/spawn-server.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { adminToken, runSocketClient, type SocketTarget, spawnFloor } from "./children.ts";
import type { SocketReport } from "./socket-client.ts";
import { exchange, keptAlive, rawWire } from "./wire.ts";

// This build, the build in the folder BENCH_BASE (if given) and the floor experiment, in turn in one run.
// `BENCH_MIB=256`, `BENCH_ROUNDS=5`, `BENCH_DIGESTS=md5,xxh3`, `BENCH_UPLOADS=1` (at once).

const MIB = 2 ** 20;
const bytes = Number(process.env.BENCH_MIB ?? 256) * MIB;
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const digests = (process.env.BENCH_DIGESTS ?? "md5,xxh3").split(",");
const uploads = Number(process.env.BENCH_UPLOADS ?? 1);
const chunkSizes = (process.env.BENCH_CHUNKS ?? "8192,1024,64")
  .split(",")
  .map((kib) => Number(kib) * 1024);
const base = process.env.BENCH_BASE;

const print = (line = "") => process.stdout.write(`${line}\n`);
const name = (size: number) => (size < MIB ? `${size / 1024} KiB` : `${size / MIB} MiB`);

interface Run extends SocketReport {
  /** MB/s. */
  readonly speed: number;
  /** CPU seconds of the server per GiB, user and system. */
  readonly cpu: number;
}

interface Contestant {
  readonly name: string;
  readonly pid: number;
  readonly begin: (size: number) => Promise<SocketTarget>;
  readonly end: (target: SocketTarget) => Promise<void>;
  readonly runs: Run[];
}

/** CPU seconds of a process and its threads so far (proc(5): fields 14 and 15, in ticks of 10 ms). */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function serverContestant(label: string, server: SpawnedServer): Promise<Contestant> {
  const token = await adminToken(server);
  const agent = keptAlive();
  const wire = rawWire(server.url, token, agent);
  const headers = { authorization: `Bearer ${token}` };
  return {
    name: label,
    pid: server.pid,
    runs: [],
    async begin(size) {
      const urls = await Promise.all(Array.from({ length: uploads }, () => wire.begin(size)));
      return { port: server.port, token, paths: urls.map((url) => new URL(url).pathname) };
    },
    async end({ paths }) {
      for (const path of paths)
        await exchange(`${server.url}${path}`, { method: "DELETE", agent, headers });
    },
  };
}

async function measure(contestant: Contestant, chunkBytes: number): Promise<void> {
  const each = Math.floor(bytes / uploads / chunkBytes) * chunkBytes;
  const target = await contestant.begin(each);
  execFileSync("sync");
  const before = cpuSeconds(contestant.pid);
  const report = await runSocketClient({ ...target, bytes: each, chunkBytes });
  const all = each * target.paths.length;
  const cpu = (cpuSeconds(contestant.pid) - before) / (all / 2 ** 30);
  contestant.runs.push({ ...report, speed: all / 1e3 / report.ms, cpu });
  await contestant.end(target);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function row(contestant: Contestant, first: Contestant, label: string): string {
  const of = (key: keyof Run) => median(contestant.runs.map((run) => run[key]));
  const against = (key: keyof Run) => of(key) / median(first.runs.map((run) => run[key]));
  const cells = [
    ...[label, contestant.name, of("speed").toFixed(0), of("cpu").toFixed(2)],
    ...[against("speed").toFixed(2), against("cpu").toFixed(2)],
    ...[of("p50").toFixed(2), of("p99").toFixed(2)],
    contestant.runs.map(({ speed }) => speed.toFixed(0)).join(" "),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Each in turn in each round, so that whatever slows the machine slows all of them. */
async function runAll(contestants: readonly Contestant[], chunkBytes: number): Promise<void> {
  for (let round = 0; round <= rounds; round += 1) {
    for (const contestant of contestants) {
      // Round 0 warms up.
      if (round <= 1) contestant.runs.length = 0;
      await measure(contestant, chunkBytes);
    }
  }
}

async function compare(digest: string): Promise<void> {
  await using directory = await tempDirectory();
  const env = { CHUNKED_UPLOAD_CHECKSUM: digest };
  await using older = base === undefined ? null : await spawnServer({ root: base, env });
  await using server = await spawnServer({ env });
  await using floor = uploads === 1 ? await spawnFloor(directory.path, digest) : null;
  const contestants: Contestant[] = [];
  if (older !== null) contestants.push(await serverContestant("base", older));
  contestants.push(await serverContestant("this build", server));
  if (floor !== null) contestants.push({ ...floor, name: "floor", runs: [], end: async () => {} });
  for (const chunkBytes of chunkSizes) {
    await runAll(contestants, chunkBytes);
    for (const contestant of contestants)
      print(row(contestant, contestants[0] as Contestant, `${digest}, ${name(chunkBytes)}`));
  }
}

print(`${cpus().length} cores (${cpus()[0]?.model}), Node ${process.versions.node}`);
print(
  `${uploads} upload(s) at once, ${name(bytes)} in all, median of ${rounds} rounds; ratios to the first row`,
);
print();
print(
  "| digest, chunk | server | MB/s | CPU s/GiB | MB/s ratio | CPU ratio | p50 ms | p99 ms | rounds, MB/s |",
);
print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
for (const digest of digests) await compare(digest);
