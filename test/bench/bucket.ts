/**
 * `npm run bench:bucket`: one large file through one instance to S3, in turns of 1 GiB with a plain upload of
 * the same bytes to the same server by the SDK. Needs versitygw. `BENCH_GIB=20`, `BENCH_PARALLEL=4`.
 * Prints MB/s of both, their ratio, and the instance's memory after each turn.
 */
import { createHash, randomFillSync } from "node:crypto";
import { Agent } from "node:http";
import { s3Settings, startS3Server, versitygwPath } from "../support/s3-server.ts";
import { spawnServer } from "../support/spawn-server.ts";
import { cpuSecondsOf, forgetPeak, memoryOf } from "./children.ts";
import { plainMultipart } from "./plain-multipart.ts";
import { exchange, rawWire } from "./wire.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const CHUNK = 64 * MIB;
const gib = Number(process.env.BENCH_GIB ?? 20);
const parallel = Number(process.env.BENCH_PARALLEL ?? 4);
const size = gib * GIB;
/** Not a multiple of a chunk, so that no two chunks are the same. */
const content = randomFillSync(Buffer.allocUnsafe(CHUNK + 4_099));

const print = (line: string) => process.stdout.write(`${line}\n`);
const rate = (bytes: number, seconds: number) => (bytes / seconds / 1e6).toFixed(0);

/** The bytes `[start, start + CHUNK)` of the generated file. */
function chunkAt(start: number): Buffer {
  const shift = (start / CHUNK) % 4_099;
  return content.subarray(shift, shift + CHUNK);
}

/** Runs `send` for the chunks of one GiB, `parallel` at a time. Returns seconds. */
async function turn(from: number, send: (start: number) => Promise<void>): Promise<number> {
  const starts = Array.from({ length: GIB / CHUNK }, (_, n) => from + n * CHUNK);
  const beganAt = performance.now();
  const lane = async () => {
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) await send(start);
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return (performance.now() - beganAt) / 1_000;
}

if (versitygwPath() === null) throw new Error("This benchmark needs versitygw.");
await using bucket = await startS3Server();
await bucket.createBucket("files");
await using server = await spawnServer({ env: s3Settings(bucket, "files") });
const agent = new Agent({ keepAlive: true, maxSockets: parallel });
const token = await server.token();
const wire = rawWire(server.url, token, agent);
const url = await wire.begin(size, CHUNK);
const plain = await plainMultipart(bucket, "files");
const hash = createHash("md5");

async function sendOurs(start: number): Promise<void> {
  const { method, headers } = wire.chunk({ start, end: start + CHUNK, size });
  await exchange(url, { method, headers, agent, body: chunkAt(start) });
}

const idle = memoryOf(server.pid).now;
forgetPeak(server.pid);
let ours = 0;
let theirs = 0;
const cpuBefore = cpuSecondsOf(server.pid);
print(
  `${gib} GiB, chunks of 64 MiB, ${parallel} at a time; memory when idle ${idle.toFixed(0)} MiB`,
);
print("| GiB | through the instance, MB/s | plain SDK, MB/s | memory now, MiB | most, MiB |");
print("| --: | --: | --: | --: | --: |");
for (let n = 0; n < gib; n += 1) {
  const [mine, other] = [
    await turn(n * GIB, sendOurs),
    await turn(n * GIB, (start) => plain.send(start / CHUNK, chunkAt(start))),
  ];
  ours += mine;
  theirs += other;
  for (let start = n * GIB; start < (n + 1) * GIB; start += CHUNK) hash.update(chunkAt(start));
  const { now, peak } = memoryOf(server.pid);
  print(
    `| ${n + 1} | ${rate(GIB, mine)} | ${rate(GIB, other)} | ${now.toFixed(0)} | ${peak.toFixed(0)} |`,
  );
}
await plain.abort();
const cpu = (cpuSecondsOf(server.pid) - cpuBefore) / gib;
const checksum = hash.digest("hex");
const completeAt = performance.now();
const answer = await exchange(`${server.url}/api/trpc/uploads.complete`, {
  ...{ method: "POST", agent },
  headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  body: JSON.stringify({ json: { id: url.split("/").at(-1), checksum } }),
});
const completed = JSON.parse(answer.body).result.data.json;
if (completed.checksum !== checksum) throw new Error(`Unexpected view: ${answer.body}`);
print(`complete: ${((performance.now() - completeAt) / 1_000).toFixed(1)} s, MD5 ${checksum}`);
print(`through the instance ${rate(size, ours)} MB/s, plain SDK ${rate(size, theirs)} MB/s`);
print(`ratio ${(theirs / ours).toFixed(2)}; the instance's CPU ${cpu.toFixed(2)} s per GiB`);
agent.destroy();
