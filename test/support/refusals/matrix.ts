import { Agent, request } from "node:http";
import { type BootedApp, bootApp } from "../boot-app.ts";
import { findNginx, type ProxyServer, startNginx } from "../nginx.ts";
import { tusCaller } from "../tus-client.ts";
import { LARGEST_UPLOAD, type RefusalCase, refusalCases, UPLOAD_BYTES } from "./cases.ts";
import { type Route, routes } from "./routes.ts";
import type { Outcome } from "./senders.ts";

/** What happened to the requests of one row: a case by a route with bodies of one size. */
export interface Figures {
  readonly route: string;
  readonly door: string;
  readonly stage: string;
  /** Bytes of each refused body. */
  readonly size: number;
  readonly sent: number;
  /** Refusals whose response did not arrive, or was another one. */
  readonly lost: number;
  /** Requests on a connection that was said to stay open, and did not. */
  readonly nextLost: number;
  readonly innocent: number;
  /** Requests of another client at the same time that failed. */
  readonly hurt: number;
  /** The first few reasons. */
  readonly reasons: readonly string[];
}

export interface MatrixOptions {
  readonly sizes: readonly number[];
  /** How often each sender sends each request. */
  readonly rounds: number;
  readonly onRow?: (row: Figures) => void;
}

/** Runs every case by every route. Without nginx, its routes are left out. */
export async function runMatrix({ sizes, rounds, onRow }: MatrixOptions): Promise<Figures[]> {
  await using app = await bootApp({ env: { CHUNKED_UPLOAD_MAX_BYTES: String(LARGEST_UPLOAD) } });
  const binary = findNginx();
  const proxied = Object.fromEntries(
    routes.flatMap(({ name, proxy }): [string, ProxyServer][] => (proxy ? [[name, proxy]] : [])),
  );
  await using proxies = binary === null ? null : await startNginx(binary, app.url, proxied);
  const cases = await openScene(app);
  const token = await app.token();
  const rows: Figures[] = [];
  for (const route of routes) {
    const url = route.proxy === null ? app.url : proxies?.urls.get(route.name);
    if (url === undefined) continue;
    for (const asked of cases) {
      for (const size of sizes.filter((bytes) => bytes >= asked.from)) {
        const row = await runRow({ route, url, asked, size, rounds, token });
        rows.push(row);
        onRow?.(row);
      }
    }
  }
  return rows;
}

async function openScene(app: BootedApp): Promise<RefusalCase[]> {
  const token = await app.token();
  const client = app.client(token);
  const begin = async () =>
    (await client.uploads.init.mutate({ filename: "a", size: UPLOAD_BYTES })).id;
  const tus = tusCaller(app.url, { authorization: `Bearer ${token}` });
  const created = await tus.create({ "upload-length": String(UPLOAD_BYTES) });
  return refusalCases({
    token,
    chunks: await begin(),
    drf: await begin(),
    tus: created.slice(created.lastIndexOf("/") + 1),
  });
}

interface RowJob {
  readonly route: Route;
  readonly url: string;
  readonly asked: RefusalCase;
  readonly size: number;
  readonly rounds: number;
  readonly token: string;
}

async function runRow({ route, url, asked, size, rounds, token }: RowJob): Promise<Figures> {
  const innocent = beInnocent(url, token);
  const body = Buffer.alloc(size, "{");
  const outcomes: Outcome[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const send of route.senders) outcomes.push(await send(url, asked.request(body)));
  }
  const { requests, failures } = await innocent.end();
  const arrived = outcomes.filter(({ status }) => status === asked.status);
  const others = outcomes.flatMap(({ status, lost }) =>
    lost === null && status !== asked.status ? [`status ${status}`] : [],
  );
  const reasons = [...outcomes.flatMap(({ lost }) => lost ?? []), ...others, ...failures];
  return {
    ...{ route: route.name, door: asked.door, stage: asked.stage, size },
    sent: outcomes.length,
    lost: outcomes.length - arrived.length,
    nextLost: arrived.filter(({ nextSucceeded }) => !nextSucceeded).length,
    innocent: requests,
    hurt: failures.length,
    reasons: [...new Set(reasons)].slice(0, 3),
  };
}

/**
 * Another client of the same server, which goes on sending small requests on connections of its own.
 * They create something: no proxy repeats such a request, and so hides that it failed.
 */
function beInnocent(url: string, token: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const failures: string[] = [];
  let requests = 0;
  let over = false;
  const running = (async () => {
    do {
      const status = await create(url, { agent, token }).catch((error: unknown) => String(error));
      requests += 1;
      if (status !== 201) failures.push(`innocent: ${status}`);
    } while (!over || requests < 2);
  })();
  return {
    async end() {
      over = true;
      await running;
      agent.destroy();
      return { requests, failures };
    },
  };
}

function create(url: string, { agent, token }: { agent: Agent; token: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...{ authorization: `Bearer ${token}`, "tus-resumable": "1.0.0" },
      ...{ "upload-length": "1", "content-length": "0" },
    };
    const outgoing = request(url, { method: "POST", path: "/api/tus", headers, agent });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      incoming.resume();
      incoming.once("error", reject);
      incoming.once("end", () => resolve(incoming.statusCode ?? 0));
    });
    outgoing.end();
  });
}
