import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { CDPSession, Page } from "playwright-core";
import { writeLocalFile } from "./e2e-files.ts";
import { openStage, type Stage } from "./e2e-stage.ts";
import { chooseFiles, rowOf, storedRow } from "./e2e-uploader.ts";
import { tempDirectory } from "./temp-directory.ts";
import { trpcClient } from "./trpc-client.ts";

/**
 * Takes the screenshots of the README from the built server: `npx tsx test/support/e2e-pictures.ts`.
 * Needs an idle machine, since they show a speed.
 */
const directory = path.join(import.meta.dirname, "../../docs/images");
const MB = 1_000_000;

const earlier = [
  ["Grandparents, 8 mm, digitised.mov", 31 * MB],
  ["Interview with the registrar.wav", 18 * MB],
  ["Seating plan, final.pdf", 1.2 * MB],
] as const;

const finished = [
  ["Photographs from Anna.zip", 26 * MB],
  ["First dance.mp4", 12 * MB],
] as const;

const under = ["Wedding film, full cut.mp4", 120 * MB] as const;

const crew = [
  ["marta@example.com", "Concert, multitrack.wav", 44 * MB],
  ["jonas@example.com", "Backup 2026-11.tar.zst", 23 * MB],
] as const;

async function takePictures(): Promise<void> {
  await using stage = await openStage();
  await using files = await tempDirectory();
  await mkdir(directory, { recursive: true });
  const write = ([name, size]: readonly [string, number]) =>
    writeLocalFile(files.path, { name, size });
  await fillWithOthers(stage);
  const page = await stage.signIn(undefined, {
    viewport: { width: 1200, height: 1161 },
    deviceScaleFactor: 1.5,
    timezoneId: "Europe/Berlin",
  });
  for (const file of earlier) {
    await chooseFiles(page, [await write(file)]);
    await storedRow(page, file[0]).getByText("Complete").waitFor();
  }
  await page.getByRole("link", { name: "API tokens" }).click();
  await page.reload();
  await page.getByRole("link", { name: "Files" }).click();
  await chooseFiles(page, await Promise.all(finished.map(write)));
  for (const [name] of finished) await storedRow(page, name).getByText("Complete").waitFor();
  const line = await throttle(page, 14 * MB);
  await chooseFiles(page, [await write(under)]);
  const bar = rowOf(page, under[0]).getByRole("progressbar");
  await page.waitForFunction(
    (element) => Number(element?.getAttribute("aria-valuenow")) >= 52,
    await bar.elementHandle(),
  );
  await page.screenshot({ path: path.join(directory, "uploader.png") });
  await page.getByRole("link", { name: "Administration" }).click();
  await page.setViewportSize({ width: 1200, height: 830 });
  await page.locator("tbody tr").nth(7).waitFor();
  await page.screenshot({ path: path.join(directory, "admin.png") });
  await line.detach();
}

/** Bytes a second; in effect until the session is detached. */
async function throttle(page: Page, uploadThroughput: number): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const line = { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput };
  await session.send("Network.emulateNetworkConditions", line);
  return session;
}

/** Other users, with uploads of their own. */
async function fillWithOthers(stage: Stage): Promise<void> {
  for (const email of new Set(crew.map(([owner]) => owner))) {
    await stage.addUser({ email, password: "one of the crew" });
  }
  for (const [email, filename, size] of crew) {
    const made = await stage.server.cli(["token", "create", email, "--name", "camera"]);
    const token = made.stdout.trim();
    const { uploads } = trpcClient(stage.server.url, token);
    const { id } = await uploads.init.mutate({ filename, size });
    const sent = filename.endsWith(".zst") ? Math.round(size * 0.7) : size;
    const body = new Uint8Array(sent);
    await fetch(`${stage.server.url}/api/uploads/${id}`, {
      method: "PUT",
      headers: {
        authorization: `Bearer ${token}`,
        "content-range": `bytes 0-${sent - 1}/${size}`,
      },
      body,
    });
    if (sent < size) continue;
    const checksum = createHash("md5").update(body).digest("hex");
    await uploads.complete.mutate({ id, checksum });
  }
}

await takePictures();
