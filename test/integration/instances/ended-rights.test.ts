import { describe, expect, it } from "vitest";
import { stallingBody } from "../../support/instance.ts";
import { type App, postgres, severalApps } from "../../support/several-apps.ts";
import { CHUNK, codeOf, fileOf } from "../../support/upload-run.ts";

const file = fileOf(CHUNK);

describe.runIf(postgres !== null)("a body whose sender loses the right while it is sent", () => {
  it.each(["token", "session", "disabled"])("does not count on any instance: %s", async (what) => {
    await using several = await severalApps();
    const [a, b] = several.apps.map(({ application }: App) => application);
    if (a === undefined || b === undefined) throw new Error("Two instances must run.");
    const owner = await several.user();
    const made = await a.auth.tokens.create(owner, { name: "t" });
    const session = await a.auth.sessions.begin({ id: owner.id, tokenVersion: 0 });
    const credential =
      what === "session"
        ? ({ kind: "session", id: session.sid, tokenVersion: 0 } as const)
        : (await principalOf(a, made.token))?.credential;
    const upload = await a.core.service.init(owner, { filename: "a", size: file.length });
    const stalled = stallingBody(file, 1_000);
    const sent = a.core.service
      .append(
        { ...owner, credential },
        {
          ...{ id: upload.id, position: { start: 0, end: file.length, total: file.length } },
          ...{ contentLength: file.length, body: stalled.body },
          signal: new AbortController().signal,
        },
      )
      .catch(codeOf);
    await stalled.hasStalled;
    if (what === "token") await b.auth.tokens.revoke(owner, made.id);
    else if (what === "session") await b.auth.sessions.end(session);
    else await b.auth.users.update({ id: owner.id, disabled: true });
    stalled.goOn();
    expect(await sent).toBe("UNAUTHENTICATED");
    expect((await b.core.service.status(owner, upload.id)).offset).toBe(0);
  });
});

async function principalOf({ auth }: App["application"], token: string) {
  const found = await auth.authenticate({ authorization: `Bearer ${token}`, cookie: null });
  return found?.principal.kind === "user" ? found.principal : null;
}
