import { describe, expect, it } from "vitest";
import { type BegunUpload, beginUpload } from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { DrfClient, said } from "../../support/drf-client.ts";
import { openConnection } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";
import { type CallerHeaders, crossSite, nobodies, ticketFor } from "./callers.ts";

const SIZE = 100_000;
const ten = Buffer.alloc(10);

/** Every method of the door, for all uploads or one upload. */
const verbs = ["GET", "HEAD", "PUT", "POST"].flatMap((verb) => [`${verb} all`, `${verb} one`]);
const everyVerb = [...verbs, "DELETE one"];

async function begin(app: BootedApp): Promise<BegunUpload> {
  const headers = { authorization: `Bearer ${await app.token()}` };
  const upload = await beginUpload({ url: app.url, headers, file: randomFile(SIZE) });
  await upload.send({ start: 0, end: 1_000 });
  return upload;
}

/** The response of each method to a client: "401 UNAUTHENTICATED", only the status for HEAD and success. */
async function askAll(
  app: BootedApp,
  upload: BegunUpload,
  headers: CallerHeaders,
): Promise<Record<string, string>> {
  const drf = new DrfClient(app.url, headers);
  const outcomes: Record<string, string> = {};
  for (const name of everyVerb) {
    const [verb = "", what] = name.split(" ");
    const url = what === "one" ? drf.urlOf(upload.id) : drf.at;
    const answer = await ask(drf, verb, url);
    const bare = verb === "HEAD" || answer.status < 400;
    outcomes[name] = bare ? `${answer.status}` : `${answer.status} ${said(answer).code}`;
  }
  return outcomes;
}

function ask(drf: DrfClient, verb: string, url: string) {
  if (verb === "PUT") {
    const start = url === drf.at ? 0 : 1_000;
    return drf.put({ bytes: ten, start, total: SIZE }, url);
  }
  if (verb === "POST" && url !== drf.at) return drf.complete(url, { md5: "0".repeat(32) });
  if (verb === "POST") return drf.whole({ bytes: ten, fields: { filename: "a", md5: "0" } });
  return drf.ask(verb, url);
}

const expected = (outcome: (name: string) => string) =>
  Object.fromEntries(everyVerb.map((name) => [name, outcome(name)]));

async function expectUntouched(upload: BegunUpload): Promise<void> {
  expect(await upload.status()).toMatchObject({ offset: 1_000, status: "uploading" });
}

describe("every method of the drf door", () => {
  it("refuses every invalid credential", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    for (const [who, headers] of await nobodies(app, upload.id)) {
      expect(await askAll(app, upload, headers), who).toEqual(
        expected((name) => (name.startsWith("HEAD") ? "401" : "401 UNAUTHENTICATED")),
      );
    }
    await expectUntouched(upload);
  });

  it("refuses a request without a credential before it reads the body", async () => {
    await using app = await bootApp();
    const { host } = new URL(app.url);
    for (const authorization of ["", "Authorization: Token up_bad\r\n"]) {
      await using line = await openConnection(app.url);
      await line.write(
        `PUT /api/chunked_upload/ HTTP/1.1\r\nHost: ${host}\r\n${authorization}` +
          "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000000\r\n\r\n",
      );
      const heard = await line.waitFor("cannot be determined");
      expect(heard).toMatch(/^HTTP\/1\.1 401 /);
      expect(heard).toMatch(/www-authenticate: token/i);
    }
  });

  it.each(["token", "session"] as const)("hides from another user (by %s)", async (by) => {
    await using app = await bootApp();
    const upload = await begin(app);
    const stranger = await app.createUser();
    const headers: CallerHeaders =
      by === "token"
        ? { authorization: `Token ${await app.token(stranger)}` }
        : { cookie: await app.sessionCookie(stranger), "sec-fetch-site": "same-origin" };
    expect(await askAll(app, upload, headers)).toEqual(
      expected((name) => {
        if (name === "POST all") return "400 CHECKSUM_MISMATCH";
        if (name.endsWith("all")) return "200";
        return name.startsWith("HEAD") ? "404" : "404 NOT_FOUND";
      }),
    );
    const theirs = await new DrfClient(app.url, headers).ask(
      "GET",
      `${app.url}/api/chunked_upload`,
    );
    expect((theirs.json() as { id: string }[]).map(({ id }) => id)).not.toContain(upload.id);
    await expectUntouched(upload);
  });

  it("refuses a change by the owner's cookie from a page of another site", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    for (const [how, headers] of await crossSite(app)) {
      expect(await askAll(app, upload, headers), how).toEqual(
        expected((name) => (/^(GET|HEAD)/.test(name) ? "200" : "403 CROSS_ORIGIN")),
      );
    }
    await expectUntouched(upload);
  });

  it("allows a ticket to append to, read and complete its own upload, and nothing else", async () => {
    await using app = await bootApp();
    const upload = await begin(app);
    const ticket = await ticketFor(app, upload.id);
    const headers = { authorization: `Bearer ${ticket}` };
    const outcomes = await askAll(app, upload, headers);
    expect(outcomes).toEqual(
      expected((name) => {
        if (name.endsWith("all")) return name.startsWith("HEAD") ? "401" : "401 UNAUTHENTICATED";
        if (name.startsWith("DELETE")) return "404 NOT_FOUND";
        return name.startsWith("POST") ? "400 INCOMPLETE" : "200";
      }),
    );
  });
});
