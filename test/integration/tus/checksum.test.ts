import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openConnection } from "../../support/http-client.ts";
import { checksumOf, TUS_TYPE } from "../../support/tus-client.ts";
import { codeIn, type TusScene, tusScene } from "../../support/tus-scene.ts";

const body = Buffer.from("hello world");

function digest(algorithm: string, bytes = body): string {
  if (algorithm !== "crc32") return createHash(algorithm).update(bytes).digest("hex");
  return crc32(bytes).toString(16).padStart(8, "0");
}

const algorithms = ["sha1", "md5", "sha256", "crc32"];

describe("Upload-Checksum", () => {
  it.each(algorithms)("%s: accepts matching bytes and discards others", async (name) => {
    await using scene = await tusScene();
    const { tus } = scene;
    const url = await tus.create({ "upload-length": "22" });
    const right = { "upload-checksum": checksumOf(name, digest(name)) };
    const wrong = { "upload-checksum": checksumOf(name, digest(name, Buffer.from("else"))) };
    expect(codeIn(await tus.patch(url, { at: 0, body, headers: wrong }))).toBe(
      "460 CHUNK_CHECKSUM_MISMATCH",
    );
    expect((await tus.head(url)).headers["upload-offset"]).toBe("0");
    expect((await tus.patch(url, { at: 0, body, headers: right })).status).toBe(204);
    expect(codeIn(await tus.patch(url, { at: 11, body, headers: wrong }))).toMatch(/^460/);
    expect((await tus.head(url)).headers["upload-offset"]).toBe("11");
    expect((await tus.patch(url, { at: 11, body, headers: right })).status).toBe(204);
    expect((await scene.download(url)).body.toString()).toBe("hello worldhello world");
  });

  it("accepts the example of the protocol", async () => {
    await using scene = await tusScene();
    const url = await scene.tus.create({ "upload-length": "11" });
    const headers = { "upload-checksum": "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=" };
    expect((await scene.tus.patch(url, { at: 0, body, headers })).status).toBe(204);
  });

  it("is refused if unknown or malformed, and nothing is kept", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const url = await tus.create({ "upload-length": "11" });
    const sha1 = checksumOf("sha1", digest("sha1"));
    for (const header of [
      checksumOf("sha512", digest("sha512")),
      checksumOf("SHA1", digest("sha1")),
      "sha1",
      "sha1 ",
      "sha1 nonsense!",
      checksumOf("sha1", digest("md5")),
      `${sha1}, ${sha1}`,
      `${sha1} x`,
      "constructor AAAA",
    ]) {
      const answer = await tus.patch(url, { at: 0, body, headers: { "upload-checksum": header } });
      expect(codeIn(answer), header).toBe("400 INVALID_INPUT");
    }
    expect((await tus.head(url)).headers["upload-offset"]).toBe("0");
  });

  it("is checked for the first bytes of a creation too; on a mismatch nothing is created", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const wrong = checksumOf("sha1", digest("sha1", Buffer.from("else")));
    const headers = { "content-type": TUS_TYPE, "upload-length": "11", "upload-checksum": wrong };
    const answer = await tus.ask("POST", tus.endpoint, { headers, body });
    expect(codeIn(answer)).toBe("460 CHUNK_CHECKSUM_MISMATCH");
    const { items } = await scene.app.client(await scene.app.token()).uploads.list.query({});
    expect(items).toEqual([]);
  });

  it("keeps nothing of a body that ends before it can be verified", async () => {
    await using scene = await tusScene();
    const url = await scene.tus.create({ "upload-length": "11" });
    const line = await openConnection(scene.app.url);
    await line.write(
      request(scene, url, {
        "content-length": "11",
        "upload-checksum": checksumOf("sha1", digest("sha1")),
      }),
    );
    await line.write("hello");
    await new Promise((resolve) => setTimeout(resolve, 100));
    await line[Symbol.asyncDispose]();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await scene.tus.head(url)).headers["upload-offset"]).toBe("0");
    expect((await scene.tus.patch(url, { at: 0, body })).status).toBe(204);
  });
});

/** The text of a PATCH at offset 0, up to its body. */
function request(scene: TusScene, url: string, more: Record<string, string>): string {
  const headers = { ...scene.tus.headers, "content-type": TUS_TYPE, "upload-offset": "0", ...more };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `PATCH ${new URL(url).pathname} HTTP/1.1\r\nhost: x\r\n${lines.join("")}\r\n`;
}

/** Sends a chunked PATCH with these trailer lines; returns the response. */
async function patchWithTrailer(
  scene: TusScene,
  url: string,
  ask: { announce?: string; trailer?: string; bytes?: string },
): Promise<string> {
  await using line = await openConnection(scene.app.url);
  const { announce = "Upload-Checksum", trailer = "", bytes = "hello world" } = ask;
  const headers = { "transfer-encoding": "chunked", ...(announce && { trailer: announce }) };
  const half = Math.ceil(bytes.length / 2);
  const chunks = [bytes.slice(0, half), bytes.slice(half)];
  const lines = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  const end = trailer === "" ? "" : `Upload-Checksum: ${trailer}\r\n`;
  await line.write(`${request(scene, url, headers)}${lines.join("")}0\r\n${end}\r\n`);
  return (await line.waitFor("\r\n\r\n")).slice("HTTP/1.1 ".length, "HTTP/1.1 204".length);
}

describe("Upload-Checksum in a trailer", () => {
  it.each(algorithms)("%s: is verified at the end of the body", async (name) => {
    await using scene = await tusScene();
    const url = await scene.tus.create({ "upload-length": "11" });
    const wrong = checksumOf(name, digest(name, Buffer.from("else")));
    expect(await patchWithTrailer(scene, url, { trailer: wrong })).toBe("460");
    expect((await scene.tus.head(url)).headers["upload-offset"]).toBe("0");
    const right = checksumOf(name, digest(name));
    expect(await patchWithTrailer(scene, url, { trailer: right })).toBe("204");
    expect((await scene.download(url)).body.toString()).toBe("hello world");
  });

  it("is required if announced, and must be valid", async () => {
    await using scene = await tusScene();
    const url = await scene.tus.create({ "upload-length": "11" });
    expect(await patchWithTrailer(scene, url, {})).toBe("400");
    expect(await patchWithTrailer(scene, url, { trailer: "sha512 AAAA" })).toBe("400");
    expect(await patchWithTrailer(scene, url, { announce: "x, UPLOAD-CHECKSUM" })).toBe("400");
    await using sized = await openConnection(scene.app.url);
    const headers = { "content-length": "11", trailer: "Upload-Checksum" };
    // The response does not wait for the body if there cannot be a trailer.
    await sized.write(`${request(scene, url, headers)}hello`);
    expect(await sized.waitFor("\r\n\r\n")).toContain("HTTP/1.1 400");
    expect((await scene.tus.head(url)).headers["upload-offset"]).toBe("0");
    expect(await patchWithTrailer(scene, url, { announce: "Expires" })).toBe("204");
  });
});
