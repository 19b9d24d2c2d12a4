import { once } from "node:events";
import { Agent, createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Fault, type FaultKind, type FaultOdds, planFaults } from "./fault-plan.ts";
import { type Exchange, readWhole, sendUpstream } from "./fault-relay.ts";

export interface FaultProxyOptions {
  /** Scheme, host and port of the server behind. */
  readonly target: string;
  readonly seed: number;
  readonly odds: FaultOdds;
  /** Where it listens; any free port when left out. */
  readonly port?: number;
  /** How long a stalled line is silent at most before it is closed. */
  readonly stallMs?: number;
}

/** What passed the proxy so far. Bytes are those of chunks (bodies of PUT). */
export interface ProxyTally {
  requests: number;
  /** Chunk bytes that the client sent and the proxy read. */
  received: number;
  /** Chunk bytes passed on; a duplicate counts twice, what a refusal swallows does not count. */
  passedOn: number;
  readonly faults: Record<FaultKind, number>;
}

/** A line over which nothing is certain. */
export interface FaultProxy extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string;
  readonly tally: Readonly<ProxyTally>;
}

/**
 * An HTTP proxy on loopback that cuts, resets, stalls, refuses and repeats what passes, as its seed
 * and odds say. The n-th request that arrives meets the n-th fault of the plan.
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { target, seed, odds, port: asked = 0, stallMs = 1_000 } = options;
  const plan = planFaults(seed, odds);
  const agent = new Agent({ keepAlive: true });
  const closing = new AbortController();
  const faults = { cut: 0, reset: 0, stall: 0, refuse: 0, duplicate: 0 };
  const tally: ProxyTally = { requests: 0, received: 0, passedOn: 0, faults };

  const server = createServer((request, response) => {
    tally.requests += 1;
    const planned = plan.next();
    const fault = planned?.kind === "duplicate" && !isRepeatable(request) ? null : planned;
    if (fault !== null) faults[fault.kind] += 1;
    const exchange: Exchange = { request, response, target, agent, tally };
    const stall = (share: number) => sleep(share * stallMs, undefined, { signal: closing.signal });
    // Whatever fails on one side is told to the other by ending its line.
    serve(exchange, fault, stall).catch(() => request.socket.destroy());
  });
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  server.listen(asked, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    tally,
    async [Symbol.asyncDispose]() {
      closing.abort();
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await once(server, "close");
    },
  };
}

async function serve(
  exchange: Exchange,
  fault: Fault | null,
  stall: (share: number) => Promise<void>,
): Promise<void> {
  if (fault === null) return sendUpstream(exchange, {});
  if (fault.kind === "refuse") return refuse(exchange, fault);
  if (fault.kind === "duplicate") return duplicate(exchange, fault.together);
  const { socket } = exchange.request;
  const over = async () => {
    if (fault.kind === "stall") await stall(fault.patience).catch(() => undefined);
    if (fault.kind === "reset") socket.resetAndDestroy();
    else socket.destroy();
  };
  await sendUpstream(exchange, { break: { during: fault.during, at: fault.at, over } });
}

async function refuse(
  { request, response, tally }: Exchange,
  fault: Extract<Fault, { kind: "refuse" }>,
): Promise<void> {
  if (response === null) return;
  if (fault.late) await readWhole(request, tally);
  const { retryAfterSeconds, status } = fault;
  const wait = retryAfterSeconds === null ? {} : { "retry-after": String(retryAfterSeconds) };
  response.writeHead(status, { "content-type": "text/html", connection: "close", ...wait });
  response.end(`<h1>${status}</h1>`);
}

/** Both copies reach the server; the client hears what the second was answered. */
async function duplicate(exchange: Exchange, together: boolean): Promise<void> {
  const body = await readWhole(exchange.request, exchange.tally);
  const silent: Exchange = { ...exchange, response: null };
  const first = sendUpstream(silent, { body }).catch(() => undefined);
  if (!together) await first;
  await sendUpstream(exchange, { body });
  await first;
}

/** What proxies send again by themselves: nothing that would make a second upload. */
function isRepeatable({ method, url = "" }: IncomingMessage): boolean {
  return method !== "POST" || url.includes("uploads.complete");
}
