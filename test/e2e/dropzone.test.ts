import { build } from "esbuild";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { launchChromium } from "../support/client-pages.ts";

// The dropzone of the package's React entry point, with controls of the application inside it.

const script = `
import { createRoot } from "react-dom/client";
import { UploadDropzone } from "./src/client/react/index.ts";

globalThis.chosen = 0;
HTMLInputElement.prototype.click = function () {
  globalThis.chosen += 1;
};

createRoot(document.body).render(
  <UploadDropzone onFiles={() => undefined}>
    {({ rootProps, inputProps, open }) => (
      <div {...rootProps}>
        <input {...inputProps} />
        <p>Drop files here</p>
        <button type="button" onClick={open}>Choose</button>
        <button type="button"><b>Remove</b></button>
        <a href="#help">Help</a>
      </div>
    )}
  </UploadDropzone>,
);
`;

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: process.cwd(), loader: "tsx" },
    bundle: true,
    format: "esm",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

/** How often a click on the element with `text` opened the file dialog. */
async function opened(page: Page, text: string): Promise<unknown> {
  await page.evaluate("globalThis.chosen = 0");
  await page.getByText(text, { exact: true }).click();
  return page.evaluate("globalThis.chosen");
}

it("opens the file dialog once per click, but not for clicks on controls inside it", async () => {
  await using chromium = await launchChromium();
  const page = await chromium.open("http://localhost");
  await page.setContent("<!doctype html><body></body>");
  await page.addScriptTag({ content: await bundle(), type: "module" });
  expect(await opened(page, "Drop files here")).toBe(1);
  expect(await opened(page, "Choose")).toBe(1);
  expect(await opened(page, "Remove")).toBe(0);
  expect(await opened(page, "Help")).toBe(0);
  await page.getByRole("button", { name: "Drop files here" }).press("Enter");
  expect(await page.evaluate("globalThis.chosen")).toBe(1);
});
