import { encode } from "next-auth/jwt";
import { describe, expect, it } from "vitest";
import { readFailure } from "../../../src/client/failure.ts";
import { createUploadClient } from "../../../src/client/node/index.ts";
import type { PublicUser } from "../../../src/core/account-services.ts";
import type { UserPrincipal } from "../../../src/core/principal.ts";
import { readOrCreateSecret } from "../../../src/server/secret.ts";
import { apiClient, beginUpload } from "../../support/begin-upload.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { send } from "../../support/http-client.ts";
import { liveBody } from "../../support/live-body.ts";
import { randomFile } from "../../support/random-file.ts";

const MIB = 2 ** 20;
const sessionOf = ({ id, email, role }: PublicUser): UserPrincipal => {
  return { kind: "user", id, email, role, via: "session" };
};

/** A credential of the app's user, and what ends it. */
interface Case {
  readonly headers: Record<string, string>;
  readonly end: () => Promise<unknown>;
}

async function tokenCase(app: BootedApp): Promise<Case> {
  const { tokens } = app.application.auth;
  const owner = sessionOf(await app.user());
  const { token, id } = await tokens.create(owner, { name: "x" });
  const headers = { authorization: `Bearer ${token}` };
  return { headers, end: () => tokens.revoke(owner, id) };
}

async function sessionCase(app: BootedApp): Promise<Case> {
  const { id } = await app.user();
  const { sessions } = app.application.auth;
  const claims = { ...(await sessions.begin({ id, tokenVersion: 0 })) };
  const secret = await readOrCreateSecret(app.dataDir);
  const cookie = `next-auth.session-token=${await encode({ token: claims, secret })}`;
  const headers = { cookie, "sec-fetch-site": "same-origin" };
  return { headers, end: () => sessions.end(claims) };
}

async function ticketCase(app: BootedApp, uploadId: string): Promise<Case> {
  const owner = sessionOf(await app.user());
  const { tickets, tokens } = app.application.auth;
  const { ticket } = await tickets.issue(owner, { uploadId, expiresInSeconds: 600 });
  const headers = { authorization: `Bearer ${ticket}` };
  return { headers, end: () => tokens.revokeAll(owner) };
}

async function disabledTicketCase(app: BootedApp, uploadId: string): Promise<Case> {
  const { id } = await app.user();
  const { users } = app.application.auth;
  const end = () => users.update({ id, disabled: true });
  return { headers: (await ticketCase(app, uploadId)).headers, end };
}

const cases = {
  "a token that is revoked": tokenCase,
  "a session that signs out": sessionCase,
  "a ticket whose issuer revokes all": ticketCase,
  "a ticket whose issuer is disabled": disabledTicketCase,
} satisfies Record<string, (app: BootedApp, uploadId: string) => Promise<Case>>;
const named = Object.entries(cases);

async function begun(app: BootedApp, size: number) {
  const headers = { authorization: `Bearer ${await app.token()}` };
  return beginUpload({ url: app.url, headers, file: randomFile(size) });
}

const recordOf = (app: BootedApp, id: string) => app.application.core.administration.get(id);
const rangeOf = (size: number) => ({
  "content-length": String(size),
  "content-range": `bytes 0-${size - 1}/${size}`,
});

describe("a right that ends while a body streams", () => {
  it.each(named)("ends the body at its next commit: %s", async (_name, makeCase) => {
    await using app = await bootApp();
    const size = 16 * MIB;
    const upload = await begun(app, size);
    const { headers, end } = await makeCase(app, upload.id);
    const body = liveBody();
    const answer = send(upload.target.url, {
      method: "PUT",
      headers: { ...headers, ...rangeOf(size) },
      body,
    });
    body.give(upload.file.slice(0, 5 * MIB));
    await expect.poll(async () => (await recordOf(app, upload.id)).offset).toBeGreaterThan(0);
    const { offset } = await recordOf(app, upload.id);
    await end();
    body.give(upload.file.slice(5 * MIB, 12 * MIB));
    const { status } = await answer;
    body.end();
    expect(status).toBe(401);
    expect((await recordOf(app, upload.id)).offset).toBe(offset);
  });

  it("keeps a body that counts as a whole from counting at all", async () => {
    await using app = await bootApp();
    const upload = await begun(app, 100_000);
    const { headers, end } = await tokenCase(app);
    const body = liveBody();
    const digest = { "content-digest": `crc32c=:${Buffer.alloc(4).toString("base64")}:` };
    const answer = send(upload.target.url, {
      method: "PUT",
      headers: { ...headers, ...rangeOf(100_000), ...digest },
      body,
    });
    body.give(upload.file.slice(0, 50_000));
    await end();
    body.give(upload.file.slice(50_000, 100_000));
    body.end();
    expect([400, 401]).toContain((await answer).status);
    expect((await recordOf(app, upload.id)).offset).toBe(0);
  });
});

describe("a right that ends while a file is read", () => {
  it.each([
    ["a token that is revoked", tokenCase],
    ["a session that signs out", sessionCase],
  ] as const)("cuts the download: %s", async (_name, makeCase) => {
    await using app = await bootApp();
    const size = 64 * MIB;
    const upload = await begun(app, size);
    await upload.send({ start: 0, end: size });
    await upload.complete();
    const { headers, end } = await makeCase(app);
    const response = await fetch(`${upload.target.url}/file`, { headers });
    const reader = response.body?.getReader();
    await reader?.read();
    await end();
    let read = 0;
    const rest = async () => {
      for (;;) {
        const piece = await reader?.read();
        if (piece === undefined || piece.done) return;
        read += piece.value.length;
      }
    };
    await expect(rest()).rejects.toThrow();
    expect(read).toBeLessThan(size);
  });
});

describe("a right that ends while a stream is watched", () => {
  it.each(named)("ends the stream before the next event: %s", async (_name, makeCase) => {
    await using app = await bootApp();
    const upload = await begun(app, 1_000);
    const { headers, end } = await makeCase(app, upload.id);
    const seen: string[] = [];
    const failures: string[] = [];
    const withHeaders: typeof fetch = (input, init) => {
      const all = new Headers(init?.headers);
      for (const [key, value] of Object.entries(headers)) all.set(key, value);
      return fetch(input, { ...init, headers: all });
    };
    const { trpc } = createUploadClient({ url: app.url, fetch: withHeaders, resume: false });
    const watching = trpc.uploads.watch.subscribe(
      { id: upload.id },
      {
        onData: ({ data }) => seen.push(data.type === "deleted" ? "deleted" : data.type),
        onError: (error) => failures.push(readFailure(error).code),
      },
    );
    await expect.poll(() => seen).toEqual(["progress"]);
    await end();
    const service = app.application.core.service;
    const owner = sessionOf(await app.user());
    await service.describe(owner, { id: upload.id, filename: "not to be seen" });
    await expect.poll(() => failures).toEqual(["UNAUTHENTICATED"]);
    expect(seen).toEqual(["progress"]);
    watching.unsubscribe();
  });
});

describe("a ticket", () => {
  it("is not issued to a disabled user", async () => {
    await using app = await bootApp();
    const upload = await begun(app, 10);
    const user = await app.user();
    const client = apiClient(app.url, { authorization: `Bearer ${await app.token(user)}` });
    await app.application.auth.users.update({ id: user.id, disabled: true });
    await expect(
      client.uploads.ticket.mutate({ id: upload.id, expiresInSeconds: 60 }),
    ).rejects.toMatchObject({ data: { upload: { code: "UNAUTHENTICATED" } } });
  });
});
