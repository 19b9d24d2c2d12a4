import { describe, expect, it } from "vitest";
import { beginUpload, expectProblem, expectWhole } from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { contentDigest, readUpload } from "../../support/chunk-sender.ts";
import { randomFile } from "../../support/random-file.ts";

const CHUNK = 65_536;

async function begin(app: BootedApp, size: number) {
  const headers = { authorization: `Bearer ${await app.token()}` };
  const file = randomFile(size, size);
  return beginUpload({ url: app.url, headers, file, init: { chunkSize: CHUNK } });
}

describe("Content-Digest", () => {
  it.each(["sha-256", "sha-512", "md5"] as const)("lets a right %s digest in", async (digest) => {
    await using app = await bootApp();
    const upload = await begin(app, 3 * CHUNK);
    expect((await upload.send({ start: 0, end: 3 * CHUNK, digest })).status).toBe(200);
    await upload.complete();
    await expectWhole(upload);
  });

  it("lets nothing of a body count whose digest is wrong, at the offset or elsewhere", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 3 * CHUNK);
    const wrong = contentDigest(upload.file, { start: 1, end: 9 }, "sha-256");
    for (const index of [0, 2]) {
      const answer = await upload.send({
        ...{ start: index * CHUNK, end: (index + 1) * CHUNK },
        headers: { "content-digest": wrong },
      });
      expectProblem(answer, 400, { code: "CHUNK_CHECKSUM_MISMATCH" });
    }
    expect(await readUpload(upload.target)).toMatchObject({ offset: 0, received: [] });
  });

  it("must be right for every algorithm that it names", async () => {
    await using app = await bootApp();
    const upload = await begin(app, CHUNK);
    const part = { start: 0, end: CHUNK };
    const right = contentDigest(upload.file, part, "sha-256");
    const wrong = contentDigest(upload.file, { start: 1, end: 9 }, "md5");
    const both = await upload.send({
      ...part,
      headers: { "content-digest": `${right}, ${wrong}` },
    });
    expectProblem(both, 400, { code: "CHUNK_CHECKSUM_MISMATCH" });
    const unknown = "unixsum=:AAAA:, future=:AAAA:";
    const beside = await upload.send({
      ...part,
      headers: { "content-digest": `${right}, ${unknown}` },
    });
    expect(beside.status).toBe(200);
  });

  it("is checked of bytes that are held already, too", async () => {
    await using app = await bootApp();
    const upload = await begin(app, 2 * CHUNK);
    await upload.send({ start: 0, end: CHUNK });
    const wrong = contentDigest(upload.file, { start: 1, end: 9 }, "sha-256");
    const repeated = await upload.send({
      ...{ start: 0, end: CHUNK },
      headers: { "content-digest": wrong },
    });
    expectProblem(repeated, 400, { code: "CHUNK_CHECKSUM_MISMATCH" });
    expect((await upload.status()).offset).toBe(CHUNK);
  });

  it.each(["=nonsense", "sha-256=abc", "sha-256=:AAAA:", "md5=:not base64:", "sha-256="])(
    "is refused when malformed: %s",
    async (header) => {
      await using app = await bootApp();
      const upload = await begin(app, CHUNK);
      const headers = { "content-digest": header };
      const answer = await upload.send({ start: 0, end: CHUNK, headers });
      expectProblem(answer, 400, { code: "INVALID_INPUT", header: "Content-Digest" });
    },
  );
});
