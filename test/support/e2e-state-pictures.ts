import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { MiB, writeLocalFile } from "./e2e-files.ts";
import { filesReady, openStage, type Stage } from "./e2e-stage.ts";
import { chooseFiles, dropFiles, rowOf, storedRow } from "./e2e-uploader.ts";
import { tempDirectory } from "./temp-directory.ts";
import { trpcClient } from "./trpc-client.ts";

/**
 * Takes pictures of states of the pages, from the built server, to be looked at:
 * `npx tsx test/support/e2e-state-pictures.ts`. Light and dark, narrow and wide.
 */
const directory = path.join(import.meta.dirname, "../../docs/images/states");

const looks = {
  light: { colorScheme: "light", viewport: { width: 1200, height: 900 } },
  dark: { colorScheme: "dark", viewport: { width: 1200, height: 900 } },
  narrow: { colorScheme: "light", viewport: { width: 360, height: 780 } },
  wide: { colorScheme: "light", viewport: { width: 1800, height: 1000 } },
} as const satisfies Record<string, BrowserContextOptions>;

type Look = keyof typeof looks;

/** Pictures of `page` as it is, in all looks; the page keeps its state. */
async function takeAll(page: Page, name: string, chosen: readonly Look[]): Promise<void> {
  for (const look of chosen) {
    const { colorScheme, viewport } = looks[look];
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await page.mouse.move(1, 1);
    await page.waitForTimeout(700);
    await page.screenshot({ path: path.join(directory, `${name}-${look}.png`) });
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(looks.light.viewport);
}

const all = ["light", "dark", "narrow", "wide"] as const;

/** A folder that is dropped again after an interruption, and a film that was cut short. */
async function takeAlreadyHere(stage: Stage, folder: string): Promise<void> {
  const names = ["day 1/Arrival.jpg", "day 1/Harbour.jpg", "day 2/Arrival.jpg"];
  for (const [seed, name] of names.entries()) {
    await writeLocalFile(folder, { name: `Trip to Norway/${name}`, size: 240_000, seed });
  }
  const film = "Trip to Norway/day 2/Northern lights over Tromsø, second night, part 2.mp4";
  await writeLocalFile(folder, { name: film, size: 24 * MiB });
  const page = await stage.signIn();
  const held = stage.link.holdAfter(10 * MiB);
  await dropFiles(page, [`${folder}/Trip to Norway`]);
  await held;
  for (const name of names) await rowOf(page, name, "done").waitFor();
  await page.reload();
  await filesReady(page);
  stage.link.release();
  const again = stage.link.holdAfter(4 * MiB);
  await dropFiles(page, [`${folder}/Trip to Norway`]);
  await again;
  await page.getByText("3 files are already here.").first().waitFor();
  await rowOf(page, film).getByText("Stalled, waiting for the network.").waitFor();
  await takeAll(page, "already-here", all);
  stage.link.release();
  await rowOf(page, film, "done").waitFor();
  await page.getByRole("button", { name: "Dismiss" }).click();
  await page.getByRole("button", { name: /^Remove .* from the list$/ }).click();
  await storedRow(page, film).getByText("Complete").waitFor();
  await takeAll(page, "folders", ["light", "dark", "narrow"]);
  await page.context().close();
}

/** A thousand small files, and a file that is too large. */
async function takeMany(stage: Stage, folder: string): Promise<void> {
  const page = await stage.signIn();
  const large = path.join(folder, "Disk image of the old laptop.iso");
  await writeFile(large, new Uint8Array(41_000_000));
  await chooseFiles(page, [{ path: large }]);
  const files = Array.from({ length: 1_000 }, (_, at) => ({
    name: `IMG_${String(4_000 + at)}.jpg`,
    mimeType: "image/jpeg",
    buffer: Buffer.alloc(20_000, at % 251),
  }));
  await page.getByTestId("files").setInputFiles(files);
  await page.getByText(/^[1-9]\d\d of 1,000 files complete/).waitFor();
  await page.getByText(/left$/).first().waitFor();
  const held = stage.link.holdAfter(1);
  await held;
  await takeAll(page, "many-files", all);
  stage.link.release();
  await page.context().close();
}

/** The administration while new uploads come in. */
async function takeAdmin(stage: Stage): Promise<void> {
  const { uploads } = trpcClient(stage.server.url, await stage.server.token());
  const page = await stage.signIn();
  await page.goto(`${stage.url}/admin`);
  await page.locator("tbody tr").nth(5).waitFor();
  await page.locator("tbody input").nth(1).check();
  for (const name of ["Interview.wav", "Seating plan.pdf", "Guest list.xlsx"]) {
    await uploads.init.mutate({ filename: name, size: 3_000_000 });
  }
  await page.getByRole("button", { name: "Show 3 new uploads" }).waitFor();
  await takeAll(page, "admin", ["light", "dark", "narrow"]);
  await page.context().close();
}

await mkdir(directory, { recursive: true });
await using stage = await openStage({ CHUNK_SIZE: "1 MiB", CHUNKED_UPLOAD_MAX_BYTES: "40 MB" });
await using files = await tempDirectory();
await takeAlreadyHere(stage, files.path);
await takeMany(stage, files.path);
await takeAdmin(stage);
