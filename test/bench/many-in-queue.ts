import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createUploadClient } from "../../src/client/node/index.ts";
import { spawnServer } from "../support/spawn-server.ts";

/*
 * `npm run bench:queue`: ten thousand small files through the client's queue in Node.
 * `BENCH_FILES=10000`, `BENCH_BYTES=2048` (of each file).
 */

const files = Number(process.env.BENCH_FILES ?? 10_000);
const bytes = Number(process.env.BENCH_BYTES ?? 2_048);
const MB = 1e6;

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const print = (line = "") => process.stdout.write(`${line}\n`);
const megabytes = (count: number) => (count / MB).toFixed(1);

/** What this process holds now, garbage aside. */
function memory(): { rss: number; heap: number } {
  collectGarbage();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heap: heapUsed };
}

await using server = await spawnServer();
const client = createUploadClient({ url: server.url, token: await server.token(), resume: false });
const queue = client.createQueue();

// One file first: what the engine takes once is not growth.
await client.upload(new Uint8Array(bytes), { filename: "first" }).done;
const before = memory();
let peak = before.rss;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 50);

const began = performance.now();
const entries = Array.from({ length: files }, (_, at) => ({
  file: new Uint8Array(bytes).fill(at % 251),
  options: { filename: `small-${at}` },
}));
const own = memory();
const added = performance.now();
await queue.add(entries);
const addMs = performance.now() - added;

print(`${files} files of ${bytes} bytes through the queue`);
print();
print("| done | seconds | files/s | RSS, MB | heap, MB |");
print("| --- | --- | --- | --- | --- |");

/** Prints a line every tenth of the files, until all are done. */
await new Promise<void>((resolve, reject) => {
  let next = Math.ceil(files / 10);
  queue.subscribe(() => {
    const { done, failed } = queue.snapshot.totals;
    if (failed > 0) return reject(new Error(`${failed} files failed.`));
    if (done < next) return;
    const { rss, heap } = memory();
    const seconds = (performance.now() - began) / 1_000;
    const figures = [seconds.toFixed(1), (done / seconds).toFixed(0), megabytes(rss)];
    print(`| ${[done, ...figures, megabytes(heap)].join(" | ")} |`);
    while (next <= done) next += Math.ceil(files / 10);
    if (done === files) resolve();
  });
});
clearInterval(watch);

const after = memory();
print();
print(`Adding them took ${addMs.toFixed(0)} ms.`);
print(
  `RSS grew by ${megabytes(after.rss - before.rss)} MB, at its peak by ${megabytes(peak - before.rss)} MB;`,
);
print(
  `the heap by ${megabytes(after.heap - before.heap)} MB: ${((after.heap - own.heap) / files / 1_000).toFixed(2)} kB a file that stays in the list.`,
);
queue.clearDone();
print(`After clearDone the heap is ${megabytes(memory().heap - before.heap)} MB above the start.`);
