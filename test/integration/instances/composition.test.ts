import { describe, expect, it } from "vitest";
import { arriving } from "../../support/memory-core.ts";
import { type App, postgres, severalApps } from "../../support/several-apps.ts";
import { startOn } from "../../support/start-on.ts";
import { tempDirectory } from "../../support/temp-directory.ts";
import { codeOf, fileOf, md5 } from "../../support/upload-run.ts";

const file = fileOf(200_000);

/** Tries a wrong password on an instance. */
async function signIn(app: App | undefined, email: string): Promise<string> {
  const providers = app?.application.auth.nextAuthOptions.providers ?? [];
  const credentials = providers.find(({ id }) => id === "credentials");
  if (credentials?.type !== "credentials") throw new Error("There is no sign-in by password.");
  const typed = { email, password: "not the right one" };
  const tried = credentials.authorize(typed, { method: "POST", headers: {}, body: {}, query: {} });
  return Promise.resolve(tried).then(
    (user) => (user === null ? "refused" : "signed in"),
    (error: Error) => error.message,
  );
}

describe.runIf(postgres !== null)("several instances on one PostgreSQL", () => {
  it("start side by side, work on the same uploads and touch no data directory", async () => {
    await using several = await severalApps();
    const [a, b] = several.apps.map(({ application }) => application.core.service);
    const owner = await several.user();
    const upload = await a?.init(owner, { filename: "a", size: file.length });
    const id = upload?.id ?? "";
    const half = file.length / 2;
    for (const [service, start] of [
      [a, 0],
      [b, half],
    ] as const) {
      await service?.append(owner, {
        ...{ id, position: { start, end: start + half, total: file.length }, contentLength: half },
        body: arriving(file.subarray(start, start + half)),
        signal: new AbortController().signal,
      });
    }
    const done = await a?.complete(owner, { id, checksum: md5(file) });
    expect(done).toMatchObject({ state: "complete", finished: true, checksum: md5(file) });
  });

  it("keep a server that wants the database for itself away", async () => {
    await using several = await severalApps({ count: 1 });
    await using directory = await tempDirectory();
    const started = startOn({ dataDir: directory.path, databaseUrl: several.url });
    await expect(started).rejects.toThrow("Another server uses the database");
  });

  it("see at once what was changed elsewhere: a revoked token, a disabled user", async () => {
    await using several = await severalApps();
    const [a, b] = several.apps.map(({ application }) => application);
    const owner = await several.user();
    const made = await a?.auth.tokens.create(owner, { name: "t" });
    const ask = { authorization: `Bearer ${made?.token}`, cookie: null };
    expect((await b?.auth.authenticate(ask))?.principal).toMatchObject({ id: owner.id });
    await a?.auth.users.update({ id: owner.id, disabled: true });
    expect(await b?.auth.authenticate(ask)).toBeNull();
    await a?.auth.users.update({ id: owner.id, disabled: false });
    await a?.auth.tokens.revoke(owner, made?.id ?? "");
    expect(await b?.auth.authenticate(ask)).toBeNull();
  });

  it("keep one administrator, when two are demoted on two instances at once", async () => {
    await using several = await severalApps();
    const [a, b] = several.apps.map(({ application }) => application.auth.users);
    for (let round = 0; round < 5; round += 1) {
      const [ann, bob] = [await several.user("admin"), await several.user("admin")];
      for (const { id, role } of (await a?.list()) ?? [])
        if (role === "admin" && id !== ann.id && id !== bob.id)
          await a?.update({ id, role: "user" });
      const outcomes = await Promise.all([
        a?.update({ id: ann.id, role: "user" }).catch(codeOf),
        b?.update({ id: bob.id, role: "user" }).catch(codeOf),
      ]);
      expect(outcomes.filter((outcome) => outcome === "INVALID_INPUT")).toHaveLength(1);
    }
  });

  it("count failed attempts to sign in together", async () => {
    await using several = await severalApps({ env: { LOGIN_RATE: "4/15m" } });
    const { email } = await several.user();
    const outcomes: string[] = [];
    for (let n = 0; n < 8; n += 1) outcomes.push(await signIn(several.apps[n % 2], email));
    expect(outcomes.slice(0, 4)).toEqual(Array(4).fill("refused"));
    for (const outcome of outcomes.slice(4)) expect(outcome).toMatch(/^RateLimited/);
  });

  it("never let the uploads of one user exceed the quota, and refuse none that fits", async () => {
    await using several = await severalApps({ env: { QUOTA_BYTES: "1000" } });
    const services = several.apps.map(({ application }) => application.core.service);
    const owner = await several.user();
    const begun = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        services[n % 2]?.init(owner, { filename: "a", size: 250 }).then(() => "begun", codeOf),
      ),
    );
    expect(begun.filter((outcome) => outcome === "begun")).toHaveLength(4);
    expect(begun.filter((outcome) => outcome === "QUOTA_EXCEEDED")).toHaveLength(8);
  });
});
