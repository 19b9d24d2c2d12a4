import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { expire } from "../../support/edit-records.ts";
import { send, type WholeAnswer } from "../../support/http-client.ts";
import { completed, env, put, type Scene, SIZE, scene, trpc } from "./error-rows.ts";

const md5OfNothing = "d41d8cd98f00b204e9800998ecf8427e";

function codeOf(answer: WholeAnswer): unknown {
  return (answer.json() as { code: unknown }).code;
}

const worst = { range: "bytes 1000-2000001/2000000", bytes: 3 };

describe("a PUT that violates several rules gets the first error", () => {
  it("is judged in the order of the contract", async () => {
    await using app = await bootApp({ env });
    const { upload } = await scene(app);
    const stranger = { authorization: `Bearer ${await app.token(await app.createUser())}` };
    const cookie = { cookie: await app.sessionCookie(), "sec-fetch-site": "cross-site" };
    const ask = (
      url: string,
      headers: Record<string, string>,
      range: string | null = worst.range,
    ) =>
      send(url, {
        method: "PUT",
        headers: {
          "content-length": String(worst.bytes),
          ...headers,
          ...(range === null ? {} : { "content-range": range }),
        },
        body: Buffer.alloc(worst.bytes),
      });
    const { url, headers } = upload.target;
    const nowhere = `${app.url}/api/uploads/11111111-2222-4333-8444-555555555555`;
    const heard: unknown[] = [];
    const hear = async (answer: Promise<WholeAnswer>) => heard.push(codeOf(await answer));

    await hear(ask(nowhere, {}));
    await hear(ask(nowhere, cookie));
    await hear(ask(nowhere, { ...headers }));
    await hear(ask(url, stranger));
    await expire(app, upload.id);
    await hear(ask(url, { ...headers }, null));
    expect(heard).toEqual(["UNAUTHENTICATED", "CROSS_ORIGIN", "NOT_FOUND", "NOT_FOUND", "EXPIRED"]);
  });

  it("checks the headers after the state of the upload", async () => {
    await using app = await bootApp({ env });
    const at: Scene = await scene(app);
    const steps: [range: string | null, bytes: number, code: string][] = [
      [null, 3, "BAD_CONTENT_RANGE"],
      // END over TOTAL, TOTAL over the limit and different, wrong length, wrong position.
      ["bytes 1000-2000001/2000000", 3, "CHUNK_EXCEEDS_TOTAL"],
      ["bytes 1000-1999999/2000000", 3, "TOO_LARGE"],
      ["bytes 1000-1009/300000", 3, "TOTAL_MISMATCH"],
      [`bytes 1000-1009/${SIZE}`, 3, "SIZE_MISMATCH"],
      [`bytes 1000-1002/${SIZE}`, 3, "OFFSET_MISMATCH"],
    ];
    for (const [range, bytes, code] of steps) {
      expect(codeOf(await put(at, { range, bytes })), String(range)).toBe(code);
    }
    expect((await put(at, { range: `bytes 0-2/${SIZE}`, bytes: 3 })).status).toBe(200);
  });

  it("reports that the upload is complete before it checks the headers", async () => {
    await using app = await bootApp({ env });
    const at = await scene(app);
    await completed(at);
    expect(codeOf(await put(at, { range: null }))).toBe("ALREADY_COMPLETE");
    // A complete upload does not expire.
    await expire(app, at.upload.id);
    expect(codeOf(await put(at, { range: null }))).toBe("ALREADY_COMPLETE");
    expect(await at.upload.status()).toMatchObject({ status: "complete" });
  });
});

describe("a complete that violates several rules gets the first error", () => {
  it("is judged in the order of the contract", async () => {
    await using app = await bootApp({ env });
    const at = await scene(app);
    const { id } = at.upload;
    const heard: unknown[] = [];
    const hear = async (input: object) => {
      const answer = await trpc(at, "uploads.complete", { input });
      const { error } = answer.json() as {
        error?: { json: { data: { upload: { code: string } } } };
      };
      heard.push(error?.json.data.upload.code ?? answer.status);
    };
    await hear({ id: "11111111-2222-4333-8444-555555555555" });
    await hear({ id });
    await hear({ id, checksum: "" });
    await hear({ id, checksum: md5OfNothing });
    await at.upload.send({ start: 0, end: SIZE });
    await hear({ id, checksum: md5OfNothing });
    await expire(app, id);
    await hear({ id });
    expect(heard).toEqual([
      "NOT_FOUND",
      "CHECKSUM_REQUIRED",
      "CHECKSUM_REQUIRED",
      "INCOMPLETE",
      "CHECKSUM_MISMATCH",
      "EXPIRED",
    ]);
  });
});
