import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { openDesk, readLines } from "../../support/binary-desk.ts";

const CHUNK = 64 * 1024;
const LANES = 3;
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

describe("Ctrl-C", () => {
  it("pauses and prints the command that resumes, which sends at most one chunk per connection again", async () => {
    await using desk = await openDesk();
    const size = 600 * CHUNK + 7;
    const bytes = await desk.file("it's big.bin", size);
    const words = ["upload", "it's big.bin", "--chunk-size", "64KiB", "--parallel", `${LANES}`];
    const first = await desk.start(words);
    desk.onChunk = (count) => count === 40 && first.child.kill("SIGINT");
    const { code, stdout, stderr } = await first.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(stderr).toMatch(/^it's big\.bin: paused, .+ of 39\.3 MB kept on the server\n/);
    expect(stderr).toContain(
      "  chunked-upload upload 'it'\\''s big.bin' --chunk-size 64KiB --parallel 3\n",
    );

    const second = await desk.run([...words, "--json"]);
    expect(second.code).toBe(0);
    const [start, ...events] = readLines(second.stdout);
    expect(start?.resumedFrom).toBeGreaterThan(0);
    expect(events.find(({ event }) => event === "done")?.checksum).toBe(md5(bytes));
    const announced = desk.chunks.reduce((sum, { start: from, end }) => sum + (end - from), 0);
    expect(announced - size).toBeLessThanOrEqual(LANES * CHUNK);
  });

  it("leaves a directory incomplete, and the same command sends only the rest", async () => {
    await using desk = await openDesk();
    const names = ["a", "b", "c", "d", "e", "f"].map((name) => `many/${name}.bin`);
    for (const name of names) await desk.file(name, 100 * CHUNK);
    const words = ["upload", "many", "--chunk-size", "64KiB", "--json"];
    const first = await desk.start(words);
    desk.onChunk = (count) => count === 350 && first.child.kill("SIGINT");
    const stopped = await first.ended;
    expect(stopped.code).toBe(130);
    const half = readLines(stopped.stdout).filter(({ event }) => event === "done");
    expect(half.length).toBeGreaterThan(0);
    expect(half.length).toBeLessThan(names.length);

    const sent = desk.chunks.length;
    const second = await desk.run(words);
    expect(second.code).toBe(0);
    const done = readLines(second.stdout).filter(({ event }) => event === "done");
    expect(done.map(({ file }) => file).sort()).toEqual(names);
    expect(
      done
        .filter(({ before }) => before === true)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(half.map(({ id }) => id).sort());
    expect(desk.chunks.length - sent).toBeLessThanOrEqual((names.length - half.length) * 100);
    const all = readLines((await desk.run(["list", "--all", "--json"])).stdout);
    expect(all).toHaveLength(names.length);

    const third = await desk.run(words);
    const anew = readLines(third.stdout).filter(({ event }) => event === "done");
    expect(anew.every(({ before }) => before === false)).toBe(true);
  });

  it("sends nothing twice when the server cannot respond to the status request", async () => {
    await using desk = await openDesk();
    for (const name of ["a", "b"]) await desk.file(name, 10);
    const words = ["upload", "a", "b", "gone", "--json"];
    expect((await desk.run(words)).code).toBe(1);

    const { server } = desk.app;
    const [serve] = server.listeners("request").splice(-1);
    let refusals = 3;
    server.removeAllListeners("request").on("request", (request, response) => {
      const isAsked = request.url?.includes("uploads.status") && refusals > 0;
      if (!isAsked) return serve?.call(server, request, response);
      refusals -= 1;
      response.writeHead(503, { "retry-after": "0" }).end();
    });
    const again = readLines((await desk.run(words)).stdout);
    expect(refusals).toBe(0);
    const done = again.filter(({ event }) => event === "done");
    expect(done.map(({ before }) => before)).toEqual([true, true]);
    expect(readLines((await desk.run(["list", "--json"])).stdout)).toHaveLength(2);
  });

  it("exits at once the second time", async () => {
    await using desk = await openDesk();
    await desk.file("a", 10);
    // It accepts connections and never responds, so that the first signal has to wait.
    const deaf = createServer().listen(0, "127.0.0.1");
    await once(deaf, "listening");
    const { port } = deaf.address() as AddressInfo;
    const words = ["upload", "a", "--url", `http://127.0.0.1:${port}`];
    const { child, ended } = await desk.start(words);
    const [socket]: Socket[] = await once(deaf, "connection");
    child.kill("SIGINT");
    // A second signal that follows at once is a duplicate: npx forwards what the terminal has already sent.
    const again = setInterval(() => child.kill("SIGINT"), 100);
    const { code } = await ended;
    clearInterval(again);
    socket?.destroy();
    deaf.close();
    expect(code).toBe(130);
  });

  it("exits although its standard input stays open, and leaves nothing behind", async () => {
    await using desk = await openDesk();
    const words = ["upload", "-", "--name", "endless", "--chunk-size", "64KiB"];
    const { child, ended } = await desk.start(words, { input: endless() });
    desk.onChunk = (count) => count === 3 && child.kill("SIGTERM");
    const { code, stderr } = await ended;
    expect(code).toBe(143);
    expect(stderr).toContain("endless: stopped and removed; standard input cannot be resumed");
    expect((await desk.run(["list", "--json"])).stdout).toBe("");
  });

  it("starts a new upload with --no-resume, and prints the command without it", async () => {
    await using desk = await openDesk();
    await desk.file("a.bin", 600 * CHUNK);
    const words = ["upload", "a.bin", "--no-resume", "--chunk-size", "64KiB"];
    const first = await desk.start(words);
    desk.onChunk = (count) => count === 20 && first.child.kill("SIGTERM");
    const { code, stderr } = await first.ended;
    expect(code).toBe(143);
    expect(stderr).toContain("  chunked-upload upload a.bin --chunk-size 64KiB\n");
    const second = await desk.run([...words, "--json"]);
    expect(second.code).toBe(0);
    expect(readLines(second.stdout)[0]).toMatchObject({ event: "start", resumedFrom: 0 });
  });

  it("pauses a download, which the printed command continues", async () => {
    await using desk = await openDesk();
    const bytes = await desk.file("big", 60_000_000);
    const id = (await desk.run(["upload", "big"])).stdout.split("\t")[0] ?? "";
    const words = ["download", id, "-o", "copy"];
    const first = await desk.start(words);
    desk.onDownload = () => first.child.kill("SIGINT");
    const { code, stderr } = await first.ended;
    expect(code).toBe(130);
    expect(stderr).toContain(`  chunked-upload download ${id} -o copy\n`);
    expect(await readdir(desk.directory)).not.toContain("copy");
    desk.onDownload = () => undefined;
    expect((await desk.run(words)).code).toBe(0);
    expect(bytes.equals(await readFile(path.join(desk.directory, "copy")))).toBe(true);
  });
});

/** Slightly more than three chunks; then the stream stays open without data. */
async function* endless(): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(3 * CHUNK + 1);
  await new Promise(() => undefined);
}
