import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { protocolScript } from "../../support/protocol-page.ts";
import { randomFile } from "../../support/random-file.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

it("the examples of docs/protocol.md upload a file through each door and download it", async () => {
  await using app = await bootApp();
  await using directory = await tempDirectory();
  const cwd = directory.path;
  // Two chunks of 8 MiB.
  const bytes = randomFile(9_000_001).slice(0, 9_000_001);
  await writeFile(path.join(cwd, "film.mp4"), bytes);
  const token = await app.token();
  const env = { ...process.env, URL: app.url, TOKEN: token, FILE: "film.mp4" };
  const script = await protocolScript();

  await promisify(execFile)("bash", ["-eu", "-c", script], { cwd, env });

  const { items } = await app.client(token).uploads.list.query();
  expect(items.map(({ filename, size, status }) => [filename, size, status])).toEqual(
    Array(3).fill(["film.mp4", bytes.length, "complete"]),
  );
  expect((await readFile(path.join(cwd, "copy.bin"))).equals(bytes)).toBe(true);
});
