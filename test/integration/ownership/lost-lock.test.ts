import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { freshPostgres, postgresUrl } from "../../support/postgres.ts";
import { runSql } from "../../support/run-sql.ts";

const admin = await postgresUrl();
const LOCK = [0x74637570, 1] as const;

/** The process ids of the sessions that hold the lock. */
async function holders(url: string): Promise<number[]> {
  const rows = await runSql(
    url,
    `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = ${LOCK[0]}
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return rows.map(({ pid }) => Number(pid));
}

/** Ends the session that holds the lock, as a restart of PostgreSQL or a cut connection does. */
async function endHolder(url: string): Promise<number> {
  const [pid, ...others] = await holders(url);
  if (pid === undefined || others.length > 0) throw new Error("One session must hold the lock.");
  await runSql(url, `SELECT pg_terminate_backend(${pid})`);
  return pid;
}

async function eventually(check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error("It did not happen within 30 s.");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function served() {
  const fresh = await freshPostgres(admin ?? "");
  const app = await bootApp({ env: { DATABASE_URL: fresh.url } });
  const client = app.client(await app.token());
  const ready = async () => (await fetch(`${app.url}/api/ready`)).status;
  const init = () => client.uploads.init.mutate({ filename: "a.bin", size: 10 });
  return {
    url: fresh.url,
    ready,
    init,
    status: (id: string) => client.uploads.status.query({ id }),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await fresh[Symbol.asyncDispose]();
    },
  };
}

describe.runIf(admin !== null)("a server whose lock on PostgreSQL is lost", () => {
  it("takes it again, and writes and is ready again", async () => {
    await using server = await served();
    const { id } = await server.init();
    const ended = await endHolder(server.url);
    await eventually(async () => (await holders(server.url)).some((pid) => pid !== ended));
    await eventually(async () => (await server.ready()) === 200);
    expect(await server.status(id)).toMatchObject({ id });
    await server.init();
  });

  it("reads and does not write while another process has the lock, and never writes after that process wrote", async () => {
    await using server = await served();
    const { id } = await server.init();
    const other = new Client({ connectionString: server.url });
    await other.connect();
    const taken = other.query("SELECT pg_advisory_lock($1, $2)", [...LOCK]);
    await endHolder(server.url);
    await taken;
    await eventually(async () => (await server.ready()) === 503);
    await expect(server.init()).rejects.toMatchObject({ data: { httpStatus: 503 } });
    expect(await server.status(id)).toMatchObject({ id });
    await other.query(`UPDATE "DatabaseFact" SET "value" = 'another' WHERE "key" = 'holder'`);
    await other.end();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await server.ready()).toBe(503);
    await expect(server.init()).rejects.toMatchObject({ data: { httpStatus: 503 } });
  });
});
