import { describe, expect, it } from "vitest";
import { openConnection, type RawConnection } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";
import { TUS_TYPE } from "../../support/tus-client.ts";
import { codeIn, type TusScene, tusScene } from "../../support/tus-scene.ts";

const SIZE = 20 * 2 ** 20;
const file = randomFile(SIZE);

/** A PATCH of the whole file that sends `bytes` of it and then stalls. */
async function stalledPatch(scene: TusScene, url: string, bytes: number): Promise<RawConnection> {
  const line = await openConnection(scene.app.url);
  const headers = {
    ...scene.tus.headers,
    ...{ "content-type": TUS_TYPE, "upload-offset": "0", "content-length": String(SIZE) },
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  await line.write(`PATCH ${new URL(url).pathname} HTTP/1.1\r\nhost: x\r\n${lines.join("")}\r\n`);
  await line.write(file.slice(0, bytes));
  return line;
}

const offsetOf = async ({ tus }: TusScene, url: string) =>
  Number((await tus.head(url)).headers["upload-offset"]);

describe.each(["sqlite", "postgresql"] as const)("concurrent requests, on %s", (database) => {
  it("HEAD returns during a stalled PATCH, and a new PATCH takes over", async () => {
    await using scene = await tusScene({ database });
    const url = await scene.tus.create({ "upload-length": String(SIZE) });
    await using stalled = await stalledPatch(scene, url, 9 * 2 ** 20);
    await expect.poll(() => offsetOf(scene, url)).toBeGreaterThanOrEqual(8 * 2 ** 20);
    const at = await offsetOf(scene, url);
    expect(stalled.received()).toBe("");
    const answer = await scene.tus.patch(url, { at, body: file.slice(at, SIZE) });
    expect(answer).toMatchObject({ status: 204, headers: { "upload-offset": String(SIZE) } });
    const overtaken = await stalled.waitFor("\r\n\r\n");
    expect(overtaken).toContain("HTTP/1.1 423");
    expect(overtaken).toMatch(/retry-after: \d/i);
    expect((await scene.download(url)).body.equals(file.slice(0, SIZE))).toBe(true);
  });

  it("one of many PATCHes at one offset is committed, and the bytes are right", async () => {
    await using scene = await tusScene({ database });
    const size = 500_000;
    const url = await scene.tus.create({ "upload-length": String(size) });
    const body = file.slice(0, size);
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => scene.tus.patch(url, { at: 0, body })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(204);
    // Taken over, or too late: statuses that clients retry.
    expect(statuses.filter((status) => ![204, 409, 423].includes(status))).toEqual([]);
    expect((await scene.download(url)).body.equals(body)).toBe(true);
  });
});

describe("a PATCH that is interrupted", () => {
  it("keeps what arrived", async () => {
    await using scene = await tusScene();
    const url = await scene.tus.create({ "upload-length": String(SIZE) });
    const line = await stalledPatch(scene, url, 3_000_000);
    // Wait until bytes were read, so that the connection does not break in the headers.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await line[Symbol.asyncDispose]();
    await expect.poll(() => offsetOf(scene, url)).toBeGreaterThan(0);
    const at = await offsetOf(scene, url);
    await scene.tus.patch(url, { at, body: file.slice(at, SIZE) });
    expect((await scene.download(url)).body.equals(file.slice(0, SIZE))).toBe(true);
  });

  it("by a stall gets 503, and keeps what arrived", async () => {
    await using scene = await tusScene({ env: { IDLE_TIMEOUT: "300ms" } });
    const url = await scene.tus.create({ "upload-length": String(SIZE) });
    await using line = await stalledPatch(scene, url, 1_000_000);
    const answer = await line.waitFor("\r\n\r\n");
    expect(answer).toContain("HTTP/1.1 503");
    expect(answer).toMatch(/retry-after: \d/i);
    expect(answer).toMatch(/tus-resumable: 1\.0\.0/i);
    expect(await offsetOf(scene, url)).toBe(1_000_000);
  });

  it("after its last byte completes the upload", async () => {
    await using scene = await tusScene({ env: { IDLE_TIMEOUT: "300ms" } });
    const url = await scene.tus.create({ "upload-length": "4" });
    await using line = await openConnection(scene.app.url);
    const headers = { ...scene.tus.headers, "content-type": TUS_TYPE, "upload-offset": "0" };
    const lines = Object.entries({ ...headers, "transfer-encoding": "chunked" })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("");
    // All four bytes, but never the end of the body.
    await line.write(
      `PATCH ${new URL(url).pathname} HTTP/1.1\r\nhost: x\r\n${lines}\r\n4\r\ndata\r\n`,
    );
    expect(await line.waitFor("\r\n\r\n")).toContain("HTTP/1.1 503");
    await expect.poll(async () => (await scene.view(url)).status).toBe("complete");
  });
});

describe("deleting an upload during a PATCH", () => {
  it("stops the PATCH, and nothing is left", async () => {
    await using scene = await tusScene();
    const url = await scene.tus.create({ "upload-length": String(SIZE) });
    await using line = await stalledPatch(scene, url, 9 * 2 ** 20);
    await expect.poll(() => offsetOf(scene, url)).toBeGreaterThan(0);
    expect((await scene.tus.ask("DELETE", url)).status).toBe(204);
    expect(await line.waitFor("\r\n\r\n")).toContain("HTTP/1.1 404");
    expect((await scene.tus.head(url)).status).toBe(404);
    expect(codeIn(await scene.tus.patch(url, { at: 0, body: "x" }))).toBe("404 NOT_FOUND");
  });

  it("while the server stops, a new PATCH gets Retry-After", async () => {
    await using scene = await tusScene();
    const url = await scene.tus.create({ "upload-length": "4" });
    await scene.app.application.drain(1);
    const refused = await scene.tus.patch(url, { at: 0, body: "data" });
    expect(codeIn(refused)).toBe("503 UNAVAILABLE");
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  });
});
