import type { AppRouter } from "../../src/client/index.ts";
import { createUploadClient } from "../../src/client/node/index.ts";
import { randomFile } from "../support/random-file.ts";
import { startSlowLink } from "../support/slow-link.ts";
import { spawnServer } from "../support/spawn-server.ts";

/*
 * `npm run bench:link`: one file over a link with delay, its chunks in parallel (as the client does
 * unless told) and one after the other. `BENCH_MIB=64`, `BENCH_ROUNDS=3`, `BENCH_DELAYS=25,50`.
 */

const MIB = 2 ** 20;
const bytes = Number(process.env.BENCH_MIB ?? 64) * MIB;
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const delays = (process.env.BENCH_DELAYS ?? "25,50").split(",").map(Number);
const chunkSizes = [MIB, 8 * MIB];

const print = (line = "") => process.stdout.write(`${line}\n`);
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

interface Ask {
  readonly url: string;
  readonly token: string;
  readonly chunkSize: number;
  readonly parallel: number | undefined;
}

let seed = 0;

/** Seconds from the first call to the completed upload. */
async function timeUpload({ url, token, chunkSize, parallel }: Ask): Promise<number> {
  seed += 1;
  const file = randomFile(bytes, seed);
  const content = file.slice(0, bytes);
  const lanes = parallel === undefined ? {} : { parallel };
  const client = createUploadClient<AppRouter>({ url, token, resume: false, ...lanes });
  const began = performance.now();
  const view = await client.upload(content, { filename: file.name, chunkSize }).done;
  const seconds = (performance.now() - began) / 1_000;
  if (view.checksum !== file.digest()) throw new Error("The digests differ.");
  await client.trpc.uploads.delete.mutate({ id: view.id });
  return seconds;
}

await using server = await spawnServer();
const token = await server.token();
print(`One file of ${bytes / MIB} MiB from Node, median of ${rounds} rounds, seconds (MB/s)`);
print();
print("| delay each way | chunk size | one after the other | parallel | times as fast | rounds |");
print("| --- | --- | --- | --- | --- | --- |");
for (const delayMs of delays) {
  for (const chunkSize of chunkSizes) {
    await using link = await startSlowLink({ target: server.url, delayMs });
    const one: number[] = [];
    const many: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const ask = { url: link.url, token, chunkSize };
      one.push(await timeUpload({ ...ask, parallel: 1 }));
      many.push(await timeUpload({ ...ask, parallel: undefined }));
    }
    const show = (seconds: number) =>
      `${seconds.toFixed(2)} (${(bytes / 1e6 / seconds).toFixed(0)})`;
    const [slow, fast] = [median(one), median(many)];
    const all = one.map((seconds, round) => `${seconds.toFixed(2)}/${many[round]?.toFixed(2)}`);
    const figures = [show(slow), show(fast), (slow / fast).toFixed(2), all.join(" ")];
    print(`| ${[`${delayMs} ms`, `${chunkSize / MIB} MiB`, ...figures].join(" | ")} |`);
  }
}
