import { mkdir, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { expect, it } from "vitest";
import { openStaticFiles, STATIC_PATH } from "../../../src/server/pages/static-files.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

it("serves a built file again after a read of it has failed", async () => {
  await using directory = await tempDirectory();
  const file = path.join(directory.path, "chunks", "a.js");
  await mkdir(path.dirname(file));
  await writeFile(file, "let a;");
  const serveStatic = await openStaticFiles(directory.path);
  const server = createServer((request, response) => {
    serveStatic(request, response, request.url ?? "").catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${STATIC_PATH}/chunks/a.js`;
  try {
    await rename(file, `${file}.away`);
    expect((await fetch(url)).status).toBe(500);
    await rename(`${file}.away`, file);
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([200, "let a;"]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
