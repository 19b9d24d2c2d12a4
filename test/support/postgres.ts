import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Client } from "pg";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { type PostgresServer, startPostgres } from "./embedded-postgres.ts";

/**
 * One PostgreSQL for a whole test run. As vitest's `globalSetup`, this file offers it to every test
 * file and ends it; it is started by the first file that asks. With TEST_POSTGRES_URL set (a role
 * that may create databases), that server is used and nothing is started.
 */

declare module "vitest" {
  interface ProvidedContext {
    /** Where the run's starter of PostgreSQL listens. */
    postgresStarter: string;
  }
}

type Answer = { url: string } | { problem: string };

let cluster: Promise<PostgresServer> | null = null;
let server: Server | null = null;

/** For `globalSetup`: offers the cluster, without starting it. */
export async function setup(project: TestProject): Promise<void> {
  const listening = createServer(async (_request, response) => {
    response.end(JSON.stringify(await answer()));
  });
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  listening.unref();
  server = listening;
  const { port } = listening.address() as AddressInfo;
  project.provide("postgresStarter", `http://127.0.0.1:${port}/`);
}

/** Starts the cluster when asked for the first time. */
async function answer(): Promise<Answer> {
  cluster ??= startPostgres();
  try {
    return { url: (await cluster).url };
  } catch (error) {
    return { problem: String(error) };
  }
}

/** For `globalSetup`: ends the cluster if any test started it. */
export async function teardown(): Promise<void> {
  server?.close();
  const started = await cluster?.catch(() => null);
  await started?.stop();
}

/**
 * The run's server, by the URL of a role that may create databases; null when none can be started
 * here, which fails on CI.
 */
export async function postgresUrl(): Promise<string | null> {
  if (process.env.TEST_POSTGRES_URL) return process.env.TEST_POSTGRES_URL;
  const starter = inject("postgresStarter");
  const answered: Answer = starter
    ? await (await fetch(starter)).json()
    : { problem: "test/support/postgres.ts is not a globalSetup of this run" };
  if ("url" in answered) return answered.url;
  if (process.env.CI) throw new Error(`PostgreSQL did not start: ${answered.problem}`);
  process.stderr.write(`PostgreSQL did not start, its tests did not run: ${answered.problem}\n`);
  return null;
}

export interface FreshPostgres extends AsyncDisposable {
  readonly url: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A new empty database on the run's server, dropped when disposed of. */
export async function freshPostgres(admin: string): Promise<FreshPostgres> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await execute(admin, `CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => execute(admin, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
