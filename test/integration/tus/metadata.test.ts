import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { metadataOf } from "../../support/tus-client.ts";
import { codeIn, tusScene } from "../../support/tus-scene.ts";

const encode = (text: string | Uint8Array) => Buffer.from(text).toString("base64");

describe("Upload-Metadata", () => {
  it("sets the name, type and profile of the upload; the rest is metadata", async () => {
    const metadata = z.object({ album: z.string(), name: z.string().optional() });
    const profiles = defineProfiles({ default: profile(), photo: profile({ metadata }) });
    await using scene = await tusScene({ profiles });
    const { tus } = scene;
    const header = metadataOf({
      ...{ filename: "../../ÿ été.png", filetype: "image/png", profile: "photo" },
      ...{ album: "Été", name: "x", constructor: "evil", "a/b": "no metadata key" },
    });
    const url = await tus.create({ "upload-length": "10", "upload-metadata": header });
    expect(await scene.view(url)).toMatchObject({
      ...{ filename: "ÿ été.png", contentType: "image/png", profile: "photo" },
      metadata: { album: "Été", name: "x" },
    });
    expect((await tus.head(url)).headers["upload-metadata"]).toBe(header);
  });

  it("may be missing or empty, or have keys without values", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    for (const header of [undefined, " ", "is_confidential", `filename ${encode("a")}, flag ,b `]) {
      const headers = { "upload-length": "10", ...(header && { "upload-metadata": header }) };
      const answer = await tus.ask("POST", tus.endpoint, { headers });
      expect(answer.status, header).toBe(201);
    }
    const bare = await tus.create({ "upload-length": "10", "upload-metadata": "is_confidential" });
    expect(await scene.view(bare)).toMatchObject({
      filename: "upload",
      contentType: null,
      metadata: { is_confidential: "" },
    });
    expect((await tus.head(bare)).headers["upload-metadata"]).toBe("is_confidential");
    const none = await tus.create({ "upload-length": "10" });
    expect((await tus.head(none)).headers["upload-metadata"]).toBeUndefined();
  });

  it("is refused if malformed, and creates nothing", async () => {
    await using scene = await tusScene();
    const { tus } = scene;
    const x = encode("x");
    const malformed = [
      "filename no-base64!",
      `filename ${x} ${x}`,
      `filename  ${x}`,
      `filename ${x},,b ${x}`,
      `a ${x},a ${x}`,
      `filename ${x},`,
      "filename eA",
      "filename =eA=",
      `fïlename ${x}`,
    ];
    for (const header of malformed) {
      const headers = { "upload-length": "10", "upload-metadata": header };
      const answer = await tus.ask("POST", tus.endpoint, { headers });
      expect(codeIn(answer), header).toBe("400 INVALID_INPUT");
    }
  });

  it("is refused by the profile or its schema", async () => {
    const strict = profile({ metadata: z.object({ album: z.string() }) });
    const profiles = defineProfiles({ default: profile(), strict });
    await using scene = await tusScene({ profiles });
    const { tus } = scene;
    for (const pairs of [
      { profile: "none" },
      { profile: "__proto__" },
      { profile: "strict" },
      { filename: ".." },
      { filename: "x".repeat(2_000) },
      { long: "x".repeat(9_000) },
    ]) {
      const headers = { "upload-length": "10", "upload-metadata": metadataOf(pairs) };
      const answer = await tus.ask("POST", tus.endpoint, { headers });
      expect(codeIn(answer), Object.keys(pairs)[0]).toBe("400 REJECTED");
    }
  });

  it("accepts any bytes as values, on both databases", async () => {
    for (const database of ["sqlite", "postgresql"] as const) {
      await using scene = await tusScene({ database });
      const { tus } = scene;
      const header = [
        `binary ${encode(Buffer.from([0xff, 0x00, 0xfe]))}`,
        `nul ${encode("a\0b")}`,
        `filetype ${encode("image/\0png\r\nX-Evil: 1")}`,
        `filename ${encode("a\0\r\nb.txt")}`,
      ].join(",");
      const url = await tus.create({ "upload-length": "4", "upload-metadata": header });
      await tus.patch(url, { at: 0, body: "data" });
      expect(await scene.view(url), database).toMatchObject({
        ...{ status: "complete", filename: "ab.txt", contentType: null, metadata: { nul: "a\0b" } },
      });
      expect((await tus.head(url)).headers["upload-metadata"]).toBe(header);
      const file = await scene.download(url);
      expect(file.headers["content-disposition"]).toContain("ab.txt");
    }
  });
});
