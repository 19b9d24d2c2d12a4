import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { type DrfClient, said } from "../../support/drf-client.ts";
import { openConnection, send } from "../../support/http-client.ts";
import { openForm } from "../../support/open-form.ts";
import { bootDrf, type DrfApp, listed } from "./begin-drf.ts";

const bytes = Buffer.from("the bytes of a file");
const png = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");

async function view({ app }: DrfApp, id: string) {
  return app.client(await app.token()).uploads.status.query({ id });
}

/** Sends a form whose bytes the test chooses. */
function post(drf: DrfClient, body: string | Uint8Array, headers: Record<string, string> = {}) {
  const type = { "content-type": "multipart/form-data; boundary=b" };
  return send(drf.at, {
    method: "PUT",
    headers: { ...drf.headers, ...type, "content-range": "bytes 0-4/5", ...headers },
    body,
  });
}

describe("a file in a form", () => {
  it("is named by the field, before or after the file, otherwise by its part", async () => {
    await using served = await bootDrf();
    const { drf } = served;
    const nameOf = async (chunk: Parameters<DrfClient["put"]>[0]) =>
      said(await drf.put(chunk)).filename;
    const partName = "part.bin";
    expect(await nameOf({ bytes, partName, fields: { filename: "before" } })).toBe("before");
    expect(await nameOf({ bytes, partName, fields: {}, later: { filename: "behind" } })).toBe(
      "behind",
    );
    const both = { fields: { filename: "before" }, later: { filename: "behind" } };
    expect(await nameOf({ bytes, partName, ...both })).toBe("behind");
    expect(await nameOf({ bytes, partName, fields: {} })).toBe("part.bin");
    expect(await nameOf({ bytes, partName, fields: { filename: "" } })).toBe("part.bin");
    expect(await nameOf({ bytes, partName: null, fields: {}, later: { filename: "late" } })).toBe(
      "late",
    );
    expect(await nameOf({ bytes, partName: "größe 文件.bin", fields: {} })).toBe("größe 文件.bin");
    expect(await nameOf({ bytes, partName: "../../etc/passwd", fields: {} })).toBe("passwd");
  });

  it("has the type of its part, or none", async () => {
    await using served = await bootDrf();
    const { drf } = served;
    for (const type of ["text/plain", "video/mp4", "text/csv; charset=utf-8"]) {
      const { id } = said(await drf.put({ bytes, type }));
      expect((await view(served, id)).contentType).toBe(type);
    }
    const { id } = said(await drf.put({ bytes }));
    expect((await view(served, id)).contentType).toBeNull();
  });

  it("has all other fields as metadata, like the fields of a custom model in the original", async () => {
    await using served = await bootDrf();
    const { drf } = served;
    const fields = {
      filename: "a",
      album: "7",
      csrfmiddlewaretoken: "secret",
      md5: "0".repeat(32),
      __proto__x: "kept",
      "not a key": "left out",
      constructor: "left out",
    };
    const answer = await drf.put({ bytes, fields, later: { artist: "someone" } });
    expect(answer.status).toBe(200);
    const { metadata } = await view(served, said(answer).id);
    expect(metadata).toEqual({ album: "7", __proto__x: "kept", artist: "someone" });
  });

  it("is checked by the profile in a field, which must come before the file", async () => {
    const profiles = defineProfiles({
      default: profile(),
      picture: profile({
        accept: ["image/*"],
        maxBytes: 1_000,
        metadata: z.object({ album: z.string().min(1) }),
      }),
    });
    await using served = await bootDrf({ profiles });
    const { drf } = served;
    const fields = { filename: "a.png", profile: "picture", album: "7" };
    const taken = await drf.put({ bytes: png, fields });
    expect(taken.status, String(taken.body)).toBe(200);
    const { profile: name, metadata } = await view(served, said(taken).id);
    expect({ name, metadata }).toEqual({ name: "picture", metadata: { album: "7" } });
    const codeOf = async (chunk: Parameters<DrfClient["put"]>[0]) =>
      said(await drf.put(chunk)).code;
    expect(await codeOf({ bytes, fields })).toBe("REJECTED");
    expect(await codeOf({ bytes: png, fields: { profile: "picture" } })).toBe("REJECTED");
    expect(await codeOf({ bytes: png, fields, total: 1_001 })).toBe("TOO_LARGE");
    expect(await codeOf({ bytes: png, fields: {}, later: fields })).toBe("INVALID_INPUT");
    expect((await drf.put({ bytes: png, total: 1_001 })).status).toBe(200);
    expect((await listed(drf)).length).toBe(2);
  });
});

describe("a hostile form", () => {
  const head = 'Content-Disposition: form-data; name="file"; filename="a"\r\n';

  it("is refused with a 4xx and leaves no upload", async () => {
    await using served = await bootDrf();
    const { drf } = served;
    const much = "x".repeat(300_000);
    const cases: [what: string, body: string, code: string, headers?: Record<string, string>][] = [
      ["nothing", "", "INVALID_INPUT"],
      ["no boundary in it", "12345", "INVALID_INPUT"],
      ["a preamble without end", much, "BODY_TOO_LARGE"],
      ["headers without end", `--b\r\nX: ${much}`, "BODY_TOO_LARGE"],
      ["no closing boundary", `--b\r\n${head}\r\n12345\r\n`, "INVALID_INPUT"],
      ["half a closing boundary", `--b\r\n${head}\r\n12345\r\n--b-`, "INVALID_INPUT"],
      ["headers alone", `--b\r\n${head}`, "INVALID_INPUT"],
      ["a million parts", "--b\r\n\r\n\r\n".repeat(1_000_000), "INVALID_INPUT"],
      ["a part without a name", "--b\r\n\r\n12345\r\n--b--\r\n", "NO_CHUNK"],
      [
        "a long boundary",
        "12345",
        "INVALID_INPUT",
        { "content-type": `multipart/form-data; boundary=${"b".repeat(500)}` },
      ],
      [
        "an empty boundary",
        "12345",
        "INVALID_INPUT",
        { "content-type": 'multipart/form-data; boundary=""' },
      ],
      [
        "another multipart type",
        "12345",
        "UNSUPPORTED_MEDIA_TYPE",
        { "content-type": "multipart/mixed; boundary=b" },
      ],
    ];
    for (const [what, body, code, headers] of cases) {
      const answer = await post(drf, body, headers);
      expect({ status: answer.status, code: said(answer).code }, what).toEqual({
        status: expect.toSatisfy((status: number) => status >= 400 && status < 500),
        code,
      });
    }
    expect(await listed(drf)).toEqual([]);
  });

  it("may arrive byte by byte, with a preamble and an epilogue", async () => {
    await using served = await bootDrf();
    const { drf } = served;
    const form = `preamble\r\n--b\r\n${head}\r\n12345\r\n--b--\r\nepilogue`;
    const { hostname, port } = new URL(drf.at);
    const socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    const heard = new Promise<string>((resolve) => {
      socket.on("data", (piece) => resolve(String(piece)));
    });
    const authorization = drf.headers.authorization ?? "";
    socket.write(
      `PUT /api/chunked_upload/ HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\n` +
        `Content-Type: multipart/form-data; boundary="b"\r\nContent-Range: bytes 0-4/5\r\n` +
        `Content-Length: ${form.length}\r\n\r\n`,
    );
    for (const byte of form) {
      socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await heard).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  it("is aborted if its client stops sending", async () => {
    await using served = await bootDrf({ env: { IDLE_TIMEOUT: "1s" } });
    const { drf } = served;
    const open = openForm(drf, drf.at, { start: 0, total: 100_000, length: 100_000 });
    await open.give(Buffer.alloc(50_000));
    expect((await open.answer).status).toBe(503);
    await using line = await openConnection(drf.at);
    await line.write(
      `POST /api/chunked_upload/x/ HTTP/1.1\r\nHost: a\r\nAuthorization: ${drf.headers.authorization}\r\n` +
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    );
    expect(await line.waitFor("UNAVAILABLE")).toMatch(/^HTTP\/1\.1 503 /);
    await expect.poll(() => listed(drf), { timeout: 20_000 }).toEqual([]);
  });
});
