import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { UploadView } from "../../src/wire/schemas.ts";
import { apiClient } from "../support/begin-upload.ts";
import {
  countSent,
  dropFile,
  launchChromium,
  onDisk,
  signIn,
  slowDown,
} from "../support/chromium.ts";
import { type RandomFile, randomFile } from "../support/random-file.ts";
import { adminEmail, type SpawnedServer, spawnServer } from "../support/spawn-server.ts";

const MB = 1_000_000;
/** 40 MB here; the full form is 300 (E2E_MB=300). */
const size = Number(process.env.E2E_MB ?? 40) * MB;
const timeout = { timeout: 180_000 };
const patience = { timeout: 60_000 };
/** Chunks that the page sends at once, at most. */
const LANES = 4;

async function adminClient(server: SpawnedServer) {
  const made = await server.cli(["token", "create", adminEmail, "--name", "test", "--json"]);
  return apiClient(server.url, { authorization: `Bearer ${JSON.parse(made.stdout).token}` });
}

/** The only upload that there is. */
async function onlyUpload(client: Awaited<ReturnType<typeof adminClient>>): Promise<UploadView> {
  const { items } = await client.uploads.list.query({});
  expect(items).toHaveLength(1);
  const [upload] = items;
  if (upload === undefined) throw new Error("There is no upload.");
  return upload;
}

const heldBytes = ({ received }: UploadView) =>
  received.reduce((sum, [start, end]) => sum + end - start, 0);

const row = (page: Page, file: RandomFile) =>
  page.getByRole("listitem").filter({ has: page.getByRole("progressbar", { name: file.name }) });

async function expectStored(server: SpawnedServer, view: UploadView, file: RandomFile) {
  expect(view).toMatchObject({ status: "complete", size: file.size, checksum: file.digest() });
  const day = view.createdAt.toISOString().slice(0, 10).replaceAll("-", "/");
  const at = `${server.dataDir}/media/chunked_uploads/${day}/${view.id}.done`;
  const stored = await readFile(at);
  expect(stored.equals(file.slice(0, file.size))).toBe(true);
}

describe("the uploader", () => {
  it("takes a file that is dropped on the page, to the last byte", timeout, async () => {
    const file = randomFile(size, 11);
    await using disk = await onDisk(file);
    await using server = await spawnServer();
    await using chromium = await launchChromium();
    const page = await chromium.open(server.url);
    await signIn(page);
    await dropFile(page, disk.path);
    await row(page, file).getByText("Complete").waitFor();
    // The list below shows it with its checksum, and the browser downloads it.
    const own = page.getByRole("region", { name: "Your files" });
    await own.getByText(file.digest()).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      own.getByRole("link", { name: `Download ${file.name}` }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(file.name);
    expect((await readFile(await download.path())).equals(file.slice(0, size))).toBe(true);
    await expectStored(server, await onlyUpload(await adminClient(server)), file);
  });

  it("continues after a reload, and sends hardly anything twice", timeout, async () => {
    const file = randomFile(size, 12);
    await using disk = await onDisk(file);
    await using server = await spawnServer();
    await using chromium = await launchChromium();
    const client = await adminClient(server);
    const page = await chromium.open(server.url);
    await signIn(page);
    await slowDown(page, size / 4);
    await page.getByTestId("files").setInputFiles(disk.path);
    await expect
      .poll(async () => (await client.uploads.list.query({})).items.map(heldBytes)[0], patience)
      .toBeGreaterThan(size / 4);
    await page.reload();
    await page.getByText("One upload is unfinished.").waitFor();
    const before = await onlyUpload(client);
    expect(before.status).toBe("uploading");
    const sent = countSent(page);
    await page.getByTestId("files").setInputFiles(disk.path);
    await row(page, file).getByText("Complete").waitFor();
    const after = await onlyUpload(client);
    expect(after.id).toBe(before.id);
    await expectStored(server, after, file);
    expect(sent.bytes).toBeLessThanOrEqual(size - heldBytes(before) + LANES * before.chunkSize);
    expect(sent.bytes).toBeLessThan(size);
  });

  it("pauses, resumes and cancels", timeout, async () => {
    const file = randomFile(size, 13);
    await using disk = await onDisk(file);
    await using server = await spawnServer();
    await using chromium = await launchChromium();
    const client = await adminClient(server);
    const page = await chromium.open(server.url);
    await signIn(page);
    await slowDown(page, size / 10);
    await page.getByTestId("files").setInputFiles(disk.path);
    const upload = row(page, file);
    await upload.getByText("Uploading").waitFor();
    await expect
      .poll(() => client.uploads.list.query({}), patience)
      .toMatchObject({
        items: [{ status: "uploading" }],
      });
    await upload.getByRole("button", { name: `Pause ${file.name}` }).click();
    await upload.getByText("Paused").waitFor();
    await upload.getByRole("button", { name: `Resume ${file.name}` }).click();
    await upload.getByText("Uploading").waitFor();
    await upload.getByRole("button", { name: `Cancel ${file.name}` }).click();
    await upload.waitFor({ state: "detached" });
    // What was cancelled is gone from the server too.
    await expect.poll(() => client.uploads.list.query({}), patience).toMatchObject({ items: [] });
  });

  it("goes on by itself when the server is killed and comes back", timeout, async () => {
    const file = randomFile(size, 14);
    await using disk = await onDisk(file);
    await using server = await spawnServer();
    await using chromium = await launchChromium();
    const client = await adminClient(server);
    const page = await chromium.open(server.url);
    await signIn(page);
    await slowDown(page, size / 4);
    await page.getByTestId("files").setInputFiles(disk.path);
    await expect
      .poll(async () => (await client.uploads.list.query({})).items.map(heldBytes)[0], patience)
      .toBeGreaterThan(0);
    await server.kill("SIGKILL");
    await row(page, file).getByText("Connection lost").waitFor();
    await server.start();
    await row(page, file).getByText("Complete").waitFor();
    await expectStored(server, await onlyUpload(client), file);
  });
});
