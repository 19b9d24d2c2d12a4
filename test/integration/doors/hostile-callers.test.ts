import { describe, expect, it } from "vitest";
import { type BegunUpload, beginUpload } from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { send, type WholeAnswer } from "../../support/http-client.ts";
import { randomFile } from "../../support/random-file.ts";
import { type CallerHeaders, crossSite, nobodies, ticketFor } from "./callers.ts";
import { call, facts, outcomeOf, routerProcedures } from "./procedures.ts";

const SIZE = 100_000;
const procedures = [...routerProcedures()].map(([name, kind]) => ({ name, kind, ...facts[name] }));

const rawVerbs = [
  { verb: "GET", part: "" },
  { verb: "HEAD", part: "" },
  { verb: "PUT", part: "" },
  { verb: "DELETE", part: "" },
  { verb: "GET", part: "/file" },
  { verb: "HEAD", part: "/file" },
] as const;

/** An unfinished upload with some bytes, and a finished one, both the user's. */
async function twoUploads(app: BootedApp): Promise<{ open: BegunUpload; done: BegunUpload }> {
  const headers = { authorization: `Bearer ${await app.token()}` };
  const file = randomFile(SIZE);
  const open = await beginUpload({ url: app.url, headers, file });
  await open.send({ start: 0, end: 1_000 });
  const done = await beginUpload({ url: app.url, headers, file });
  await done.send({ start: 0, end: SIZE });
  await done.complete();
  return { open, done };
}

/** The response of each method of the raw door to a client: "401 UNAUTHENTICATED", only the status for HEAD. */
async function askRaw(
  uploads: { open: BegunUpload; done: BegunUpload },
  headers: CallerHeaders,
  verbs: readonly { verb: string; part: string }[] = rawVerbs,
): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {};
  for (const { verb, part } of verbs) {
    const { target } = part === "/file" ? uploads.done : uploads.open;
    const range = { "content-range": `bytes 1000-1009/${SIZE}`, "content-length": "10" };
    const answer = await send(target.url + part, {
      method: verb,
      headers: { ...headers, ...(verb === "PUT" ? range : {}) },
      ...(verb === "PUT" ? { body: "0123456789" } : {}),
    });
    outcomes[`${verb} ${part}`] = rawOutcome(verb, answer);
  }
  return outcomes;
}

function rawOutcome(verb: string, answer: WholeAnswer): string {
  if (verb === "HEAD" || answer.body.length === 0 || answer.status < 400) return `${answer.status}`;
  return `${answer.status} ${(answer.json() as { code: string }).code}`;
}

async function askTrpc(
  app: BootedApp,
  uploadId: string,
  headers: CallerHeaders,
): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {};
  for (const { name, kind, input } of procedures) {
    const answer = await call(app.url, { name, kind, input: input?.(uploadId) }, headers);
    outcomes[name] = outcomeOf(answer);
  }
  return outcomes;
}

const everyVerb = (outcome: (verb: string) => string) =>
  Object.fromEntries(rawVerbs.map(({ verb, part }) => [`${verb} ${part}`, outcome(verb)]));
const refusedRaw = (status: number, code: string) =>
  everyVerb((verb) => (verb === "HEAD" ? `${status}` : `${status} ${code}`));
const everyProcedure = (outcome: (procedure: (typeof procedures)[number]) => string) =>
  Object.fromEntries(procedures.map((procedure) => [procedure.name, outcome(procedure)]));

async function expectUntouched({ open, done }: { open: BegunUpload; done: BegunUpload }) {
  expect(await open.status()).toMatchObject({ offset: 1_000, status: "uploading" });
  expect((await done.download()).length).toBe(SIZE);
}

describe("every method of every door", () => {
  it("is known to this test, and so is every procedure", () => {
    expect(Object.keys(facts).sort()).toEqual([...routerProcedures().keys()].sort());
  });

  it("refuses every invalid credential", async () => {
    await using app = await bootApp();
    const uploads = await twoUploads(app);
    for (const [who, headers] of await nobodies(app, uploads.open.id)) {
      expect(await askRaw(uploads, headers), who).toEqual(refusedRaw(401, "UNAUTHENTICATED"));
      expect(await askTrpc(app, uploads.open.id, headers), who).toEqual(
        everyProcedure(() => "401 UNAUTHENTICATED"),
      );
    }
    await expectUntouched(uploads);
  });

  it("refuses a request without a credential for unknown methods and paths, too", async () => {
    await using app = await bootApp();
    const uploads = await twoUploads(app);
    const others = ["POST", "PATCH", "LOCK"].map((verb) => ({ verb, part: "" }));
    const strange = [...others, { verb: "PUT", part: "/file" }, { verb: "GET", part: "/else" }];
    const outcomes = await askRaw(uploads, {}, strange);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(["401 UNAUTHENTICATED"]));
    const unknown = await send(`${app.url}/api/trpc/uploads.nothing`);
    expect(outcomeOf(unknown)).toBe("401 UNAUTHENTICATED");
  });

  it.each(["token", "session"] as const)("hides from another user (by %s)", async (by) => {
    await using app = await bootApp();
    const uploads = await twoUploads(app);
    const stranger = await app.createUser();
    const headers: CallerHeaders =
      by === "token"
        ? { authorization: `Bearer ${await app.token(stranger)}` }
        : { cookie: await app.sessionCookie(stranger), "sec-fetch-site": "same-origin" };
    expect(await askRaw(uploads, headers)).toEqual(refusedRaw(404, "NOT_FOUND"));
    const outcomes = await askTrpc(app, uploads.open.id, headers);
    const expected = everyProcedure(({ name, reach, sessionOnly }) => {
      if (sessionOnly && by === "token") return "401 UNAUTHENTICATED";
      if (name === "tokens.revoke") return "404 NOT_FOUND";
      return reach === "own" ? "200" : "404 NOT_FOUND";
    });
    expect(outcomes).toEqual(expected);
    expect(
      (
        await app
          .client(
            headers.cookie ? { cookie: headers.cookie } : (headers.authorization ?? "").slice(7),
          )
          .uploads.list.query({})
      ).items.map(({ id }) => id),
    ).not.toContain(uploads.open.id);
    await expectUntouched(uploads);
  });

  it("hides uploads of other users from an admin, except in admin.* and downloads", async () => {
    await using app = await bootApp();
    const uploads = await twoUploads(app);
    const admin = await app.createUser({ role: "admin" });
    const headers = { authorization: `Bearer ${await app.token(admin)}` };
    expect(await askRaw(uploads, headers)).toEqual({
      ...refusedRaw(404, "NOT_FOUND"),
      "GET /file": "200",
      "HEAD /file": "200",
    });
    const { id } = uploads.open;
    for (const name of ["uploads.status", "uploads.complete", "uploads.delete", "uploads.ticket"]) {
      const kind = name === "uploads.status" ? "query" : "mutation";
      const answer = await call(app.url, { name, kind, input: facts[name]?.input(id) }, headers);
      expect(outcomeOf(answer), name).toBe("404 NOT_FOUND");
    }
    await expectUntouched(uploads);
  });

  it("refuses a ticket of another upload, and procedures that do not concern its upload", async () => {
    await using app = await bootApp();
    const uploads = await twoUploads(app);
    const foreign = await ticketFor(app, "11111111-2222-4333-8444-555555555555");
    const headers = { authorization: `Bearer ${foreign}` };
    expect(await askRaw(uploads, headers)).toEqual(refusedRaw(404, "NOT_FOUND"));
    expect(await askTrpc(app, uploads.open.id, headers)).toEqual(
      everyProcedure(({ byTicket }) => (byTicket ? "404 NOT_FOUND" : "401 UNAUTHENTICATED")),
    );
    await expectUntouched(uploads);
  });

  it("allows a ticket to append to, read and complete its own upload, and nothing else", async () => {
    await using app = await bootApp();
    const uploads = await twoUploads(app);
    const { ticket } = await uploads.open.client.uploads.ticket.mutate({
      id: uploads.open.id,
      expiresInSeconds: 60,
    });
    const headers = { authorization: `Bearer ${ticket}` };
    expect(await askTrpc(app, uploads.open.id, headers)).toEqual(
      everyProcedure(({ name, byTicket }) => {
        if (name === "uploads.complete") return "400 INCOMPLETE";
        if (name === "uploads.parts") return "400 INVALID_INPUT";
        return byTicket ? "200" : "401 UNAUTHENTICATED";
      }),
    );
    expect(await askRaw({ ...uploads, done: uploads.open }, headers)).toEqual({
      "GET ": "200",
      "HEAD ": "200",
      "PUT ": "200",
      "DELETE ": "404 NOT_FOUND",
      "GET /file": "404 NOT_FOUND",
      "HEAD /file": "404",
    });
    const own = await beginUpload({ ...uploads.open.target, url: app.url, file: randomFile(10) });
    await own.send({ start: 0, end: 10 });
    const second = await tickets(app, own.id);
    const done = await call(
      app.url,
      {
        name: "uploads.complete",
        kind: "mutation",
        input: { id: own.id, checksum: own.file.digest() },
      },
      second,
    );
    expect(outcomeOf(done)).toBe("200");
    const file = await send(`${own.target.url}/file`, { headers: second });
    expect(file.status).toBe(404);
  });

  it("refuses a change by the owner's cookie from a page of another site", async () => {
    await using app = await bootApp();
    const uploads = await twoUploads(app);
    for (const [how, headers] of await crossSite(app)) {
      expect(await askRaw(uploads, headers), how).toEqual(
        everyVerb((verb) => {
          if (verb === "PUT" || verb === "DELETE") return "403 CROSS_ORIGIN";
          return "200";
        }),
      );
      for (const { name, kind, input } of procedures) {
        if (kind !== "mutation") continue;
        const answer = await call(
          app.url,
          { name, kind, input: input?.(uploads.open.id) },
          headers,
        );
        expect(outcomeOf(answer), `${how}: ${name}`).toBe("403 CROSS_ORIGIN");
      }
    }
    await expectUntouched(uploads);
  });

  it("accepts the cookie from an origin that the operator configured", async () => {
    const origin = "https://app.example.com";
    await using app = await bootApp({ env: { CORS_ORIGINS: origin } });
    const cookie = await app.sessionCookie();
    const headers = { cookie, origin, "sec-fetch-site": "cross-site" };
    const upload = await beginUpload({ url: app.url, headers, file: randomFile(10) });
    const answer = await upload.send({ start: 0, end: 10 });
    expect(answer.status).toBe(200);
    expect(answer.headers["access-control-allow-origin"]).toBe(origin);
    expect(answer.headers["access-control-allow-credentials"]).toBe("true");
    expect(answer.headers.vary).toMatch(/origin/i);
  });

  it("accepts a token from any origin, without credentials", async () => {
    await using app = await bootApp();
    const headers = {
      authorization: `Token ${await app.token()}`,
      origin: "https://any.example",
      "sec-fetch-site": "cross-site",
    };
    const upload = await beginUpload({ url: app.url, headers, file: randomFile(10) });
    const answer = await upload.send({ start: 0, end: 10 });
    expect(answer.status).toBe(200);
    expect(answer.headers["access-control-allow-origin"]).toBe("*");
    expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
    expect(answer.headers["access-control-expose-headers"]).toContain("Upload-Offset");
  });
});

async function tickets(app: BootedApp, uploadId: string): Promise<CallerHeaders> {
  const ticket = await ticketFor(app, uploadId);
  return { authorization: `Bearer ${ticket}` };
}
