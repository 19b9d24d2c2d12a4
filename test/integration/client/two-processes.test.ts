import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { writeRandomFile } from "../../support/file-on-disk.ts";
import { randomFile } from "../../support/random-file.ts";
import { startSlowLink } from "../../support/slow-link.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const script = path.join(import.meta.dirname, "../../support/sending-process.ts");

interface Sender extends AsyncDisposable {
  readonly child: ChildProcess;
  /** The messages that it has printed so far. */
  readonly messages: unknown[];
  /** Resolves when it has printed `what`. */
  has(what: string): Promise<void>;
  /** Its last message, when it has exited. */
  end(): Promise<unknown>;
}

function startSender(...args: readonly string[]): Sender {
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  const messages: unknown[] = [];
  if (child.stdout === null) throw new Error("The process has no standard output.");
  const lines = createInterface(child.stdout);
  lines.on("line", (line) => messages.push(JSON.parse(line)));
  const ended = Promise.all([exit, once(lines, "close")]);
  return {
    child,
    messages,
    has: (what) => expect.poll(() => messages, { timeout: 30_000 }).toContain(what),
    end: () => ended.then(() => messages.at(-1)),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await exit;
    },
  };
}

/** A file, a server behind a slow connection, and the arguments of two sending processes. */
async function scene() {
  const app = await bootApp();
  const link = await startSlowLink({ target: app.url, delayMs: 1, bytesPerSecond: 5e5 });
  const directory = await tempDirectory();
  const file = randomFile(1_500_000, 3);
  const at = path.join(directory.path, "film.bin");
  await writeRandomFile(file, at);
  const resume = path.join(directory.path, "resume");
  const token = await app.token();
  let bodies = 0;
  app.server.on("request", (request) => {
    if (request.method === "PUT") bodies += Number(request.headers["content-length"]);
  });
  return {
    file,
    resume,
    bytesSent: () => bodies,
    start: () => startSender(link.url, token, resume, at),
    uploads: async () => (await app.client(token).uploads.list.query({})).items,
    async [Symbol.asyncDispose]() {
      await directory[Symbol.asyncDispose]();
      await link[Symbol.asyncDispose]();
      await app[Symbol.asyncDispose]();
    },
  };
}

describe("two processes with one file", { timeout: 120_000 }, () => {
  it("send it once: the second waits and completes with the first", async () => {
    await using stage = await scene();
    await using first = stage.start();
    await first.has("uploading");
    await using second = stage.start();
    await second.has("other-tab");
    const [one, two] = await Promise.all([first.end(), second.end()]);
    expect(one).toMatchObject({ checksum: stage.file.digest(), resumedFrom: 0 });
    expect(two).toMatchObject({ id: (one as { id: string }).id, checksum: stage.file.digest() });
    expect(await stage.uploads()).toHaveLength(1);
    expect(stage.bytesSent()).toBe(stage.file.size);
    expect(await readdir(stage.resume)).toEqual([]);
  });

  it("lose little when the first is killed: the second continues at once from its offset", async () => {
    await using stage = await scene();
    await using first = stage.start();
    await first.has("uploading");
    await using second = stage.start();
    await second.has("other-tab");
    first.child.kill("SIGKILL");
    const end = await second.end();
    expect(end).toMatchObject({ checksum: stage.file.digest() });
    expect((end as { resumedFrom: number }).resumedFrom).toBeGreaterThan(0);
    expect(await stage.uploads()).toHaveLength(1);
    // One chunk per connection may be sent again.
    expect(stage.bytesSent()).toBeLessThanOrEqual(stage.file.size + 3 * 65_536);
    expect(await readdir(stage.resume)).toEqual([]);
  });
});
