import { readFile } from "node:fs/promises";
import path from "node:path";
import { startPostgres } from "../support/embedded-postgres.ts";
import { freePort } from "../support/free-port.ts";
import { findNginx, runNginx } from "../support/nginx.ts";
import { type S3Server, s3Settings, startS3Server, versitygwPath } from "../support/s3-server.ts";
import { type SpawnedServer, spawnServer } from "../support/spawn-server.ts";
import { startTcpGate, type TcpGate } from "../support/tcp-gate.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const BUCKET = "files";

/** Two built instances behind nginx, on PostgreSQL and S3. */
export interface Cluster extends AsyncDisposable {
  /** Of nginx, without a trailing slash. */
  readonly origin: string;
  readonly instances: readonly [SpawnedServer, SpawnedServer];
  /** A role that owns the database, past the gate. */
  readonly databaseUrl: string;
  restartDatabase(): Promise<void>;
  readonly s3: S3Server;
  readonly bucketName: string;
  /** The bucket's directory. */
  readonly bucket: string;
  /** In front of PostgreSQL and of the S3 server: the instances connect through these. */
  readonly gates: readonly [TcpGate, TcpGate];
  /** Lines of nginx: time, status, statuses of the instances, Retry-After, request. */
  accessLog(): Promise<string[]>;
}

/** What `startCluster` needs and this machine does not have; null when it has everything. */
export function missingProgram(): string | null {
  if (findNginx() === null) return "nginx (NGINX_PATH)";
  return versitygwPath() === null ? "versitygw (VERSITYGW_PATH)" : null;
}

/**
 * Starts everything on free ports of 127.0.0.1. `databaseUrl`: an empty database to use; left out, a
 * PostgreSQL of its own is started.
 */
export async function startCluster(
  options: { databaseUrl?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Cluster> {
  const opened = new Opened();
  try {
    return await startAll(opened, options);
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

async function startAll(
  opened: Opened,
  options: { databaseUrl?: string; env?: Readonly<Record<string, string>> },
): Promise<Cluster> {
  const postgres = options.databaseUrl === undefined ? await startPostgres() : null;
  opened.use({ [Symbol.asyncDispose]: async () => postgres?.stop() });
  const databaseUrl = options.databaseUrl ?? postgres?.url ?? "";
  const s3 = opened.use(await startS3Server());
  const bucket = await s3.createBucket(BUCKET);
  const database = new URL(databaseUrl);
  const gates = [
    opened.use(await startTcpGate(Number(database.port))),
    opened.use(await startTcpGate(Number(new URL(s3.endpoint).port))),
  ] as const;
  database.port = String(gates[0].port);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const env = {
    ...s3Settings(s3, BUCKET),
    S3_ENDPOINT: `http://127.0.0.1:${gates[1].port}`,
    DATABASE_URL: database.href,
    NEXTAUTH_SECRET: "the secret of all instances",
    TRUSTED_PROXIES: "127.0.0.1",
    PUBLIC_URL: origin,
    ...options.env,
  };
  const first = opened.use(await spawnServer({ env }));
  const second = opened.use(await spawnServer({ env }));
  const logs = opened.use(await tempDirectory());
  const log = path.join(logs.path, "access.log");
  const http = await nginxSettings([first.url, second.url], { port, log });
  opened.use(await runNginx(findNginx() ?? "", http, [origin]));
  return {
    ...{ origin, instances: [first, second], databaseUrl, s3, bucketName: BUCKET, bucket, gates },
    restartDatabase: async () => postgres?.restart(),
    accessLog: async () => (await readFile(log, "utf8")).split("\n").slice(0, -1),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

/** What is disposed of in reverse order. Node 20 has no AsyncDisposableStack. */
class Opened implements AsyncDisposable {
  readonly #resources: AsyncDisposable[] = [];

  use<Resource extends AsyncDisposable>(resource: Resource): Resource {
    this.#resources.push(resource);
    return resource;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const resource of this.#resources.splice(0).reverse())
      await resource[Symbol.asyncDispose]();
  }
}

/** The settings of the deployment guide, in front of the instances at `urls`. */
async function nginxSettings(
  urls: readonly string[],
  { port, log }: { port: number; log: string },
): Promise<string> {
  const guide = path.join(import.meta.dirname, "../../docs/deployment.md");
  const block = /```nginx\n([\s\S]*?)```/.exec(await readFile(guide, "utf8"))?.[1] ?? "";
  const servers = urls.map((url) => `server ${new URL(url).host};`).join(" ");
  const format = `log_format cluster '$time_iso8601 $status [$upstream_status] [$sent_http_retry_after] $request_method $request_uri';`;
  return `${format}\n${block
    .replace("server 127.0.0.1:3000;", servers)
    .replace("listen 80;", `listen 127.0.0.1:${port}; access_log ${log} cluster;`)}`;
}
