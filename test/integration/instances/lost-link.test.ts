import { describe, expect, it } from "vitest";
import { runSql } from "../../support/run-sql.ts";
import { type App, postgres, severalApps } from "../../support/several-apps.ts";
import { codeOf } from "../../support/upload-run.ts";

const SESSIONS = `SELECT pid FROM pg_stat_activity WHERE datname = current_database()
  AND application_name = 'trpc-chunked-upload session'`;

describe.runIf(postgres !== null)("an instance that loses its connection to the others", () => {
  it("writes nothing, is not ready, and does both again by itself", async () => {
    await using several = await severalApps({ count: 1 });
    const [app] = several.apps as [App];
    const owner = await several.user();
    const { service } = app.application.core;
    const { id } = await service.init(owner, { filename: "a", size: 5 });
    const ready = async () => (await fetch(`${app.url}/api/ready`)).status;
    expect(await ready()).toBe(200);
    const over = new AbortController();
    const watched = (async () => {
      for await (const _ of service.watch(owner, { signal: over.signal }));
    })();
    // New connections are refused: the connection stays lost until this is undone.
    const name = new URL(several.url).pathname.slice(1);
    const admin = postgres ?? "";
    await runSql(admin, `ALTER DATABASE ${name} WITH CONNECTION LIMIT 0`);
    await runSql(admin, `ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`);
    const found = await runSql(
      admin,
      `SELECT pid FROM pg_stat_activity WHERE datname = '${name}'
      AND application_name = 'trpc-chunked-upload session'`,
    );
    expect(found).toHaveLength(1);
    await runSql(admin, `SELECT pg_terminate_backend(${found[0]?.pid})`);
    await expect.poll(ready).toBe(503);
    expect(await service.init(owner, { filename: "b", size: 5 }).catch(codeOf)).toBe("UNAVAILABLE");
    expect((await service.status(owner, id)).offset).toBe(0);
    await runSql(admin, `ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS true CONNECTION LIMIT -1`);
    await expect.poll(ready, { timeout: 20_000 }).toBe(200);
    await service.init(owner, { filename: "b", size: 5 });
    // Events may have been missed: the stream ends, and its client lists again.
    await watched;
    expect(await runSql(several.url, SESSIONS)).toHaveLength(1);
    over.abort();
  });
});
