import { describe, expect, it } from "vitest";
import { said } from "../../support/drf-client.ts";
import { codeIn } from "../../support/tus-scene.ts";
import { beginDrf, bootDrf } from "./begin-drf.ts";

describe("hostile texts", () => {
  it("a deeply nested JSON checksum is a mismatch", async () => {
    await using served = await bootDrf();
    const { drf } = served;
    const upload = await beginDrf(drf, { size: 500, first: 500 });
    const headers = { "content-type": "application/json" };
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    for (const md5 of [deep, `{"a":${deep}}`, "12", "true", '{"toString":null}']) {
      const answer = await drf.ask("POST", upload.url, { headers, body: `{"md5":${md5}}` });
      expect(codeIn(answer), md5.slice(0, 20)).toBe("400 CHECKSUM_MISMATCH");
    }
    for (const md5 of ["null", "false", "0", '""']) {
      const answer = await drf.ask("POST", upload.url, { headers, body: `{"md5":${md5}}` });
      expect(codeIn(answer), md5).toBe("400 CHECKSUM_REQUIRED");
    }
    const done = await drf.complete(upload.url, { md5: upload.file.digest() });
    expect(said(done)).toMatchObject({ status: 2 });
  });

  it.each(["sqlite", "postgresql"] as const)(
    "a media type with control characters becomes null, on %s",
    async (database) => {
      await using served = await bootDrf({ database });
      const { app, drf } = served;
      const put = await drf.put({ bytes: Buffer.from("abc"), total: 5, type: "text/plain\0x" });
      expect(put.status).toBe(200);
      const { uploads } = app.client(await app.token());
      expect(await uploads.status.query({ id: said(put).id })).toMatchObject({ contentType: null });
    },
  );
});
