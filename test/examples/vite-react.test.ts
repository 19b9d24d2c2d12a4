import { describe, expect, it } from "vitest";
import { bootApp } from "../support/boot-app.ts";
import { launchChromium, onDisk } from "../support/client-pages.ts";
import { copyExample } from "../support/example-copy.ts";
import { packProject } from "../support/packed-project.ts";
import { randomFile } from "../support/random-file.ts";

describe("the example of a Vite React app", () => {
  it("builds, and sends files from Chromium", { timeout: 240_000 }, async () => {
    await using packed = await packProject();
    await using example = await copyExample("vite-react", packed.tarball);
    await using app = await bootApp({ env: { CHUNK_SIZE: "1 MiB" } });
    await example.run("node_modules/typescript/bin/tsc");
    const vite = "node_modules/vite/bin/vite.js";
    await example.run(vite, ["build"], { VITE_UPLOAD_URL: app.url });
    await using served = await example.serve(vite, ["preview", "--host", "127.0.0.1"]);

    const token = await app.token();
    const files = [randomFile(5_000_000, 31), randomFile(3, 32)] as const;
    await using large = await onDisk(files[0]);
    await using small = await onDisk(files[1]);
    await using chromium = await launchChromium();
    const page = await chromium.open(served.url);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto("/");
    await page.getByLabel("API token").fill(token);
    await page.locator("input[type=file]").setInputFiles([large.path, small.path]);
    await page.getByText("2 of 2 done").waitFor();

    const { items } = await app.client(token).uploads.list.query({});
    const stored = items.map(({ filename, checksum }) => ({ filename, checksum }));
    const expected = files.map((file) => ({ filename: file.name, checksum: file.digest() }));
    expect(stored).toHaveLength(2);
    expect(stored).toEqual(expect.arrayContaining(expected));
    expect(errors).toEqual([]);
  });
});
