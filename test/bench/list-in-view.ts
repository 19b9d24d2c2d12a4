import type { CDPSession, Page } from "playwright-core";
import { launchChromium, signIn } from "../support/client-pages.ts";
import { spawnServer } from "../support/spawn-server.ts";

/*
 * `npm run bench:view`: how much the list of uploads costs. Drops 1,000 files of 20 kB on the page of
 * the built server, once with the list in view and once with another page in view, in turn, and prints
 * the ratio of the times. Then measures how long "Pause all" takes to show.
 * `BENCH_FILES=1000`, `BENCH_BYTES=20000` (of each file), `BENCH_ROUNDS=3` (the median counts).
 */

const files = Number(process.env.BENCH_FILES ?? 1_000);
const bytes = Number(process.env.BENCH_BYTES ?? 20_000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);

const print = (line = "") => process.stdout.write(`${line}\n`);

/** Drops `files` files whose names begin with `prefix`. */
function drop(page: Page, prefix: string): Promise<void> {
  return page.evaluate(
    ({ files, bytes, prefix }) => {
      const transfer = new DataTransfer();
      for (let at = 0; at < files; at += 1) {
        const content = new Uint8Array(bytes).fill(at % 251);
        transfer.items.add(new File([content], `${prefix}-${at}.bin`, { lastModified: at + 1 }));
      }
      for (const type of ["dragenter", "dragover", "drop"]) {
        const init = { dataTransfer: transfer, bubbles: true, cancelable: true };
        document.body.dispatchEvent(new DragEvent(type, init));
      }
    },
    { files, bytes, prefix },
  );
}

/** A page of a fresh browser profile, signed in. */
async function visit(open: (url: string) => Promise<Page>, url: string): Promise<Page> {
  const page = await open(url);
  await page.addInitScript("globalThis.__name = (value) => value;");
  await signIn(page);
  await page.getByRole("region", { name: "Your files" }).getByRole("searchbox").waitFor();
  return page;
}

const inFrame = (page: Page) =>
  page.getByRole("banner").getByRole("progressbar", { name: "All uploads" });

/** Seconds from the drop until no file is under way. */
async function timeOf(page: Page, { prefix, away }: { prefix: string; away: boolean }) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const before = await busySeconds(session);
  const began = performance.now();
  await drop(page, prefix);
  await inFrame(page).waitFor();
  if (away) await page.getByRole("link", { name: "API tokens" }).click();
  await inFrame(page).waitFor({ state: "detached", timeout: 600_000 });
  const seconds = (performance.now() - began) / 1_000;
  return { seconds, busy: (await busySeconds(session)) - before };
}

/** How long the main thread of the page has worked, in seconds: less noisy than the time that went by. */
async function busySeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
}

/** Milliseconds from the click on "Pause all" until the page shows that all are paused. */
async function pauseAll(page: Page, prefix: string): Promise<number> {
  await drop(page, prefix);
  await page
    .getByText(/^[1-9]\d* of /)
    .first()
    .waitFor();
  const took = await page.evaluate(async () => {
    const named = (name: string) =>
      [...document.querySelectorAll("button")].find((button) => button.textContent === name);
    const began = performance.now();
    named("Pause all")?.click();
    while (named("Pause all") !== undefined || named("Resume all") === undefined) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return performance.now() - began;
  });
  return took;
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

await using server = await spawnServer();
await using chromium = await launchChromium();
const times = { view: [] as number[], away: [] as number[] };
for (let round = 1; round <= rounds; round += 1) {
  for (const [mode, away] of [
    ["away", true],
    ["view", false],
  ] as const) {
    const page = await visit(chromium.open, server.url);
    const { seconds, busy } = await timeOf(page, { prefix: `${mode}-${round}`, away });
    times[mode].push(seconds);
    print(
      `Round ${round}, list ${away ? "away" : "in view"}: ${seconds.toFixed(1)} s, main thread busy ${busy.toFixed(1)} s`,
    );
    await page.context().close();
  }
}
const ratio = median(times.view) / median(times.away);
print(`${files} files of ${bytes} bytes: with the list in view ${ratio.toFixed(2)} times as long`);
const page = await visit(chromium.open, server.url);
print(`Pause all: ${(await pauseAll(page, "pause")).toFixed(0)} ms until it shows`);
