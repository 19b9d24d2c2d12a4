import { describe, expect, it } from "vitest";
import { type BegunUpload, beginUpload } from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { send } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";
import { TUS_TYPE, tusCaller } from "../../support/tus-client.ts";
import { codeIn } from "../../support/tus-scene.ts";
import { type CallerHeaders, crossSite, nobodies, ticketFor } from "./callers.ts";

const SIZE = 100_000;
const verbs = ["POST", "HEAD", "PATCH", "DELETE"] as const;
const others = ["GET", "PUT", "LOCK"] as const;

interface Scene {
  readonly app: BootedApp;
  readonly upload: BegunUpload;
}

async function openUpload(app: BootedApp): Promise<BegunUpload> {
  const headers = { authorization: `Bearer ${await app.token()}` };
  const upload = await beginUpload({ url: app.url, headers, file: randomFile(SIZE) });
  await upload.send({ start: 0, end: 1_000 });
  return upload;
}

/** The response of each method to a client: "401 UNAUTHENTICATED", only the status for HEAD. */
async function ask(
  { app, upload }: Scene,
  headers: CallerHeaders,
  asked: readonly string[] = verbs,
): Promise<Record<string, string>> {
  const tus = tusCaller(app.url, headers);
  const outcomes: Record<string, string> = {};
  for (const verb of asked) {
    const target = verb === "POST" ? tus.endpoint : `${tus.endpoint}/${upload.id}`;
    const body = { "content-type": TUS_TYPE, "upload-offset": "1000" };
    const answer = await tus.ask(verb, target, {
      headers: verb === "POST" ? { "upload-length": "10" } : body,
      ...(verb === "PATCH" ? { body: "0123456789" } : {}),
    });
    expect(answer.headers["tus-resumable"], verb).toBe("1.0.0");
    outcomes[verb] = verb === "HEAD" ? String(answer.status) : codeIn(answer);
  }
  return outcomes;
}

const refused = (status: number, code: string, asked: readonly string[] = verbs) =>
  Object.fromEntries(
    asked.map((verb) => [verb, verb === "HEAD" ? String(status) : `${status} ${code}`]),
  );

async function expectUntouched({ app, upload }: Scene): Promise<void> {
  expect(await upload.status()).toMatchObject({ offset: 1_000, status: "uploading" });
  const { items } = await app.client(await app.token()).uploads.list.query({});
  expect(items).toHaveLength(1);
}

describe("every method of the tus door", () => {
  it("refuses every invalid credential, for unknown methods and paths, too", async () => {
    await using app = await bootApp();
    const upload = await openUpload(app);
    const asked = [...verbs, ...others];
    for (const [who, headers] of await nobodies(app, upload.id)) {
      expect(await ask({ app, upload }, headers, asked), who).toEqual(
        refused(401, "UNAUTHENTICATED", asked),
      );
    }
    const nowhere = await send(`${app.url}/api/tus/a/b/c`, { method: "PATCH" });
    expect(codeIn(nowhere)).toBe("401 UNAUTHENTICATED");
    await expectUntouched({ app, upload });
  });

  it.each(["user", "admin"] as const)("hides from another %s", async (role) => {
    await using app = await bootApp();
    const upload = await openUpload(app);
    const stranger = await app.createUser({ role });
    const headers = { authorization: `Token ${await app.token(stranger)}` };
    expect(await ask({ app, upload }, headers)).toEqual({
      ...refused(404, "NOT_FOUND"),
      POST: "201",
    });
    await expectUntouched({ app, upload });
  });

  it("refuses a change by the owner's cookie from a page of another site", async () => {
    await using app = await bootApp();
    const upload = await openUpload(app);
    for (const [how, headers] of await crossSite(app)) {
      expect(await ask({ app, upload }, headers), how).toEqual({
        ...refused(403, "CROSS_ORIGIN"),
        HEAD: "200",
      });
      // An overridden safe method does not help either.
      const hidden = { ...headers, "x-http-method-override": "DELETE" };
      const tus = tusCaller(app.url, hidden);
      const answer = await tus.ask("GET", `${tus.endpoint}/${upload.id}`);
      expect(codeIn(answer), how).toBe("403 CROSS_ORIGIN");
    }
    await expectUntouched({ app, upload });
  });

  it("accepts the cookie from an origin that the operator configured", async () => {
    const origin = "https://app.example.com";
    await using app = await bootApp({ env: { CORS_ORIGINS: origin } });
    const upload = await openUpload(app);
    const cookie = await app.sessionCookie();
    const headers = { cookie, origin, "sec-fetch-site": "cross-site" };
    expect(await ask({ app, upload }, headers)).toEqual({
      POST: "201",
      HEAD: "200",
      PATCH: "204",
      DELETE: "204",
    });
  });

  it("refuses a ticket of another upload, and any ticket to create or remove an upload", async () => {
    await using app = await bootApp();
    const upload = await openUpload(app);
    const foreign = await ticketFor(app, "11111111-2222-4333-8444-555555555555");
    expect(await ask({ app, upload }, { authorization: `Bearer ${foreign}` })).toEqual({
      ...refused(404, "NOT_FOUND"),
      POST: "401 UNAUTHENTICATED",
    });
    await expectUntouched({ app, upload });
  });
});

describe("hostile headers", () => {
  it("cause no 5xx and are not echoed", async () => {
    await using app = await bootApp();
    const upload = await openUpload(app);
    const tus = tusCaller(app.url, { authorization: `Bearer ${await app.token()}` });
    const huge = `1${"0".repeat(30)}`;
    const strange = [
      "",
      "\u00ff",
      "null",
      "[object Object]",
      huge,
      "-1",
      "a".repeat(8_000),
      "%00",
      "%",
    ];
    const names = [
      ...["upload-length", "upload-defer-length", "upload-metadata", "upload-concat"],
      ...["upload-offset", "upload-checksum", "content-type", "tus-resumable"],
      ...["x-http-method-override", "content-range", "content-encoding"],
    ];
    for (const name of names) {
      for (const value of strange.map((text) => text || " ")) {
        const headers = { "upload-length": "10", [name]: value };
        const created = await tus.ask("POST", tus.endpoint, { headers });
        expect(created.status, `POST ${name}: ${value.slice(0, 40)}`).toBeLessThan(500);
        const patched = await tus.ask("PATCH", `${tus.endpoint}/${upload.id}`, {
          headers: { "content-type": TUS_TYPE, "upload-offset": "0", [name]: value },
          body: "x",
        });
        expect(patched.status, `PATCH ${name}: ${value.slice(0, 40)}`).toBeLessThan(500);
      }
    }
    expect(await upload.status()).toMatchObject({ offset: 1_000, status: "uploading" });
  });

  it("over 256 KiB are 431", async () => {
    await using app = await bootApp();
    const tus = tusCaller(app.url, { authorization: `Bearer ${await app.token()}` });
    const headers = { "upload-length": "10", "upload-metadata": `a ${"A".repeat(270_000)}` };
    expect((await tus.ask("POST", tus.endpoint, { headers })).status).toBe(431);
  });
});
