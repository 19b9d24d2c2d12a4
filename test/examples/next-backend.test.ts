import { describe, expect, it } from "vitest";
import { bootApp } from "../support/boot-app.ts";
import { launchChromium, onDisk } from "../support/client-pages.ts";
import { copyExample } from "../support/example-copy.ts";
import { packProject } from "../support/packed-project.ts";
import { randomFile } from "../support/random-file.ts";

describe("the example of a Next app that issues tickets", () => {
  it("builds, and its browser sends a file", { timeout: 240_000 }, async () => {
    await using packed = await packProject();
    await using example = await copyExample("next-backend", packed.tarball);
    const next = "node_modules/next/dist/bin/next";
    await example.run(next, ["build"]);

    await using app = await bootApp({ env: { CHUNK_SIZE: "1 MiB" } });
    const token = await app.token();
    const env = { UPLOAD_URL: app.url, UPLOAD_TOKEN: token };
    await using served = await example.serve(next, ["start", "--hostname", "127.0.0.1"], env);

    const file = randomFile(5_000_000, 41);
    await using disk = await onDisk(file);
    await using chromium = await launchChromium();
    const page = await chromium.open(served.url);
    const credentials = new Set<string>();
    page.on("request", (request) => {
      const { authorization } = request.headers();
      if (authorization !== undefined) credentials.add(authorization);
    });
    await page.goto("/");
    await page.getByLabel("File").setInputFiles(disk.path);
    await page.getByText(`Received: ${file.digest()}`).waitFor();

    const { items } = await app.client(token).uploads.list.query({});
    expect(items).toMatchObject([
      {
        filename: file.name,
        status: "complete",
        checksum: file.digest(),
        metadata: { user: "ada" },
      },
    ]);
    // The bytes went directly to the service with a ticket; the browser never had the token.
    expect(credentials.size).toBe(1);
    expect([...credentials].some((value) => value.includes(token))).toBe(false);
  });
});
