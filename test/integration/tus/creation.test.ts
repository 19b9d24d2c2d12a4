import { describe, expect, it } from "vitest";
import { codeIn, tusScene } from "../../support/tus-scene.ts";

describe("the length of a new upload", () => {
  it("is either declared or deferred", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    for (const headers of [
      {},
      { "upload-length": "10", "upload-defer-length": "1" },
      { "upload-defer-length": "0" },
      { "upload-defer-length": "2" },
      { "upload-length": "-1" },
      { "upload-length": "ten" },
      { "upload-length": "1e3" },
      { "upload-length": "10, 10" },
    ]) {
      const answer = await tus.ask("POST", tus.endpoint, { headers });
      expect(codeIn(answer), JSON.stringify(headers)).toBe("400 INVALID_INPUT");
    }
    const { items } = await scene.app.client(await scene.app.token()).uploads.list.query({});
    expect(items).toEqual([]);
  });

  it("is 413 over the limit, and for any larger number", async () => {
    await using scene = await tusScene({ env: { CHUNKED_UPLOAD_MAX_BYTES: "1000" } });
    const { tus } = scene;
    for (const length of ["1001", "9007199254740992", `1${"0".repeat(30)}`]) {
      const headers = { "upload-length": length };
      expect(codeIn(await tus.ask("POST", tus.endpoint, { headers })), length).toBe(
        "413 TOO_LARGE",
      );
    }
    const url = await tus.create({ "upload-defer-length": "1" });
    expect(codeIn(await tus.patch(url, { at: 0, body: Buffer.alloc(1_001) }))).toBe(
      "413 TOO_LARGE",
    );
    const total = { "upload-length": "1001" };
    expect(codeIn(await tus.patch(url, { at: 0, headers: total }))).toBe("413 TOO_LARGE");
    expect((await tus.head(url)).headers["upload-offset"]).toBe("0");
  });

  it("may be 0: the upload is complete immediately", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const created = await tus.ask("POST", tus.endpoint, { headers: { "upload-length": "0" } });
    expect(created.status).toBe(201);
    expect(created.headers["upload-expires"]).toBeUndefined();
    const url = String(created.headers.location);
    expect(await scene.view(url)).toMatchObject({
      status: "complete",
      size: 0,
      completion: "done",
    });
    expect((await scene.download(url)).body.length).toBe(0);
    expect(await tus.head(url)).toMatchObject({
      status: 200,
      headers: { "upload-offset": "0", "upload-length": "0" },
    });
  });

  it("can be sent with the last bytes if deferred", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const url = await tus.create({ "upload-defer-length": "1" });
    await tus.patch(url, { at: 0, body: "0123" });
    const open = await tus.head(url);
    expect(open).toMatchObject({ headers: { "upload-offset": "4", "upload-defer-length": "1" } });
    expect(open.headers["upload-length"]).toBeUndefined();
    const last = await tus.patch(url, { at: 4, body: "4567", headers: { "upload-length": "8" } });
    expect(last).toMatchObject({ status: 204, headers: { "upload-offset": "8" } });
    const done = await tus.head(url);
    expect(done).toMatchObject({ headers: { "upload-offset": "8", "upload-length": "8" } });
    expect(done.headers["upload-defer-length"]).toBeUndefined();
    expect((await scene.download(url)).body.toString()).toBe("01234567");
  });

  it.each([
    ["with Content-Length: 0", () => undefined],
    [
      "without Content-Length",
      async function* () {
        yield Buffer.alloc(0);
      },
    ],
  ])("can be sent with an empty body %s if deferred, and completes the upload", async (_, body) => {
    await using scene = await tusScene();
    const { tus } = scene;
    const url = await tus.create({ "upload-defer-length": "1" });
    await tus.patch(url, { at: 0, body: "0123" });
    const total = (length: string) => ({
      at: 4,
      body: body(),
      headers: { "upload-length": length },
    });
    expect(codeIn(await tus.patch(url, total("3")))).toMatch(/^400/);
    const told = await tus.patch(url, total("4"));
    expect(told).toMatchObject({ status: 204, headers: { "upload-offset": "4" } });
    expect(await scene.view(url)).toMatchObject({ status: "complete", size: 4 });
  });

  it("cannot change once declared", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const url = await tus.create({ "upload-defer-length": "1" });
    const tell = (length: string) =>
      tus.patch(url, { at: 0, headers: { "upload-length": length } });
    expect((await tell("100")).status).toBe(204);
    expect((await tus.head(url)).headers["upload-length"]).toBe("100");
    expect((await tell("100")).status).toBe(204);
    expect(codeIn(await tell("101"))).toBe("400 TOTAL_MISMATCH");
    expect(codeIn(await tell("99"))).toBe("400 TOTAL_MISMATCH");
    expect((await tus.head(url)).headers["upload-length"]).toBe("100");
  });

  it("counts against the quota once declared", async () => {
    await using scene = await tusScene({ env: { QUOTA_BYTES: "1000" } });
    const { tus } = scene;
    const url = await tus.create({ "upload-defer-length": "1" });
    const answer = await tus.patch(url, { at: 0, headers: { "upload-length": "1001" } });
    expect(codeIn(answer)).toBe("413 QUOTA_EXCEEDED");
    expect((await tus.head(url)).headers["upload-defer-length"]).toBe("1");
  });
});
