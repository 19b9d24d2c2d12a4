import type { Page } from "playwright-core";
import { apiClient } from "../support/begin-upload.ts";
import { launchChromium, signIn } from "../support/client-pages.ts";
import { adminEmail, spawnServer } from "../support/spawn-server.ts";

/*
 * `npm run bench:page`: ten thousand tiny files dropped on the page of the built server, and how long
 * the page was busy at a time. `BENCH_FILES=10000`, `BENCH_BYTES=100` (of each file), `BENCH_SECONDS` (the end comes
 * then at the latest).
 */

const files = Number(process.env.BENCH_FILES ?? 10_000);
const bytes = Number(process.env.BENCH_BYTES ?? 100);
const limit = Number(process.env.BENCH_SECONDS ?? Number.POSITIVE_INFINITY);

const print = (line = "") => process.stdout.write(`${line}\n`);

/** What the page has recorded of itself, in milliseconds. */
interface Record {
  tasks: number[];
  gap: number;
}

type Watched = typeof globalThis & { recorded: Record };

/** Lets the page record its tasks over 50 ms and the longest time without a frame. */
function watch(page: Page): Promise<void> {
  return page.evaluate(() => {
    const recorded: Record = { tasks: [], gap: 0 };
    (globalThis as Watched).recorded = recorded;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) recorded.tasks.push(duration);
    }).observe({ type: "longtask" });
    let last = performance.now();
    const frame = (now: number) => {
      recorded.gap = Math.max(recorded.gap, now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/** Takes what was recorded so far, and begins anew. */
function takeRecord(page: Page): Promise<Record> {
  return page.evaluate(() => {
    const { recorded } = globalThis as Watched;
    const taken = { tasks: [...recorded.tasks], gap: recorded.gap };
    recorded.tasks.length = 0;
    recorded.gap = 0;
    return taken;
  });
}

/** Makes the files in the page and drops them; the making is not recorded. */
async function drop(page: Page): Promise<void> {
  await page.evaluate(
    ({ files, bytes }) => {
      const transfer = new DataTransfer();
      for (let at = 0; at < files; at += 1) {
        const content = new Uint8Array(bytes).fill(at % 251);
        transfer.items.add(new File([content], `tiny-${at}.bin`, { lastModified: 1_000 + at }));
      }
      (globalThis as Watched & { transfer?: DataTransfer }).transfer = transfer;
    },
    { files, bytes },
  );
  await watch(page);
  await page.evaluate(() => {
    const { transfer } = globalThis as Watched & { transfer?: DataTransfer };
    for (const type of ["dragenter", "dragover", "drop"]) {
      const init = { dataTransfer: transfer ?? null, bubbles: true, cancelable: true };
      document.body.dispatchEvent(new DragEvent(type, init));
    }
  });
}

function show(what: string, { tasks, gap }: Record): void {
  const longest = Math.max(0, ...tasks).toFixed(0);
  const sum = tasks.reduce((total, task) => total + task, 0).toFixed(0);
  print(
    `${what}: ${tasks.length} tasks over 50 ms, the longest ${longest} ms, together ${sum} ms; longest time without a frame ${gap.toFixed(0)} ms`,
  );
}

await using server = await spawnServer();
const made = await server.cli(["token", "create", adminEmail, "--name", "bench", "--json"]);
const api = apiClient(server.url, { authorization: `Bearer ${JSON.parse(made.stdout).token}` });
const complete = async () => (await api.admin.uploads.list.query({ status: "complete" })).total;

await using chromium = await launchChromium();
const page = await chromium.open(server.url);
// The compiler that runs this file names functions through a helper that the page does not have.
await page.addInitScript("globalThis.__name = (value) => value;");
await signIn(page);
const session = await page.context().newCDPSession(page);
const heap = async () => {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / 1e6;
};

const before = await heap();
const began = performance.now();
const seconds = () => (performance.now() - began) / 1_000;
print(`${files} files of ${bytes} bytes dropped on the page`);
await drop(page);
await page.getByRole("progressbar").first().waitFor();
await page.waitForTimeout(5_000);
show("Dropping, and the first 5 s", await takeRecord(page));
let done = 0;
for (let told = 0; done < files && seconds() < limit; done = await complete()) {
  await page.waitForTimeout(1_000);
  if (done - told < files / 10) continue;
  told = done;
  show(`Until ${done} were done (${seconds().toFixed(0)} s)`, await takeRecord(page));
}
show("Until the end", await takeRecord(page));
print(`${done} in ${seconds().toFixed(0)} s, ${(done / seconds()).toFixed(0)} files/s`);
print(`The page's heap grew from ${before.toFixed(1)} MB to ${(await heap()).toFixed(1)} MB.`);
