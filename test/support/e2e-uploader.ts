import type { Locator, Page } from "playwright-core";
import type { UploadPhase } from "../../src/client/snapshot.ts";

/** Chooses files as the dialog of "Choose files" would hand them in. */
export async function chooseFiles(page: Page, files: readonly { path: string }[]): Promise<void> {
  await page.getByTestId("files").setInputFiles(files.map((file) => file.path));
}

/** Drops files or folders of this machine onto the page, as the system's file manager would. */
export function dropFiles(page: Page, paths: readonly string[]): Promise<void> {
  return dragFiles(page, paths, ["dragEnter", "dragOver", "drop"]);
}

/** Some steps of dragging files over the page. */
export async function dragFiles(
  page: Page,
  paths: readonly string[],
  steps: readonly ("dragEnter" | "dragOver" | "drop" | "dragCancel")[],
): Promise<void> {
  const debug = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of steps) {
    await debug.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
  }
  await debug.detach();
}

/** What the page sends as chunks from now on: the list grows with each request. */
export function chunksOf(page: Page): readonly string[] {
  const chunks: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "PUT") chunks.push(request.headers()["content-range"] ?? "");
  });
  return chunks;
}

/** The row of a file on its way, in one phase or in any. */
export function rowOf(page: Page, name: string, phase?: UploadPhase): Locator {
  const selector = phase === undefined ? "li[data-phase]" : `li[data-phase="${phase}"]`;
  return page.locator(selector).filter({ hasText: name });
}

/** The row of a file in "Your files". */
export function storedRow(page: Page, name: string): Locator {
  return page.getByRole("region", { name: "Your files" }).getByRole("listitem").filter({
    hasText: name,
  });
}

/** The MD5 that "Your files" shows for a file, once it is complete. */
export function shownDigest(page: Page, name: string): Promise<string | null> {
  return storedRow(page, name).locator("code").textContent();
}

/** The id of a finished upload, from the link to download it. */
export async function uploadIdOf(page: Page, name: string): Promise<string> {
  const href = await storedRow(page, name)
    .getByRole("link", { name: `Download ${name}` })
    .getAttribute("href");
  return /\/api\/uploads\/([^/]+)\/file$/.exec(href ?? "")?.[1] ?? "";
}
