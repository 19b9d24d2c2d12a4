import { describe, expect, it } from "vitest";
import { beginUpload, expectWhole } from "../../support/begin-upload.ts";
import { said } from "../../support/drf-client.ts";
import { send } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";
import { beginDrf, bootDrf } from "./begin-drf.ts";

const SIZE = 100_000;

describe("an upload can change doors", () => {
  it("created here, continued at the raw door, completed by tRPC", async () => {
    await using served = await bootDrf();
    const { app, drf } = served;
    const upload = await beginDrf(drf);
    const raw = await send(`${app.url}/api/uploads/${upload.id}`, {
      method: "PUT",
      headers: { ...drf.headers, "content-range": `bytes 10000-59999/${SIZE}` },
      body: upload.file.slice(10_000, 60_000),
    });
    expect(raw.status).toBe(200);
    expect(await upload.chunk(60_000, SIZE)).toMatchObject({ status: 200 });
    const client = app.client(await app.token());
    const checksum = upload.file.digest();
    const view = await client.uploads.complete.mutate({ id: upload.id, checksum });
    expect(view).toMatchObject({ status: "complete", filename: "afile", size: SIZE });
    expect(said(await drf.ask("GET", upload.url))).toMatchObject({ status: 2 });
  });

  it("created by tRPC without a length, continued here, completed here", async () => {
    await using served = await bootDrf();
    const { app, drf } = served;
    const file = randomFile(SIZE);
    const headers = { authorization: `Bearer ${await app.token()}` };
    const upload = await beginUpload({ url: app.url, headers, file, init: { size: null } });
    const url = drf.urlOf(upload.id);
    expect((await drf.put({ bytes: file.slice(0, 60_000), total: SIZE }, url)).status).toBe(200);
    expect(await upload.status()).toMatchObject({ offset: 60_000, size: SIZE });
    await upload.send({ start: 60_000, end: SIZE });
    const done = await drf.complete(url, { md5: file.digest() });
    expect(said(done)).toMatchObject({ status: 2, offset: SIZE });
    await expectWhole(upload);
  });
});
