import { createTRPCClient, type TRPCClient } from "@trpc/client";
import type { AnyAppRouter } from "../doors/trpc/router-contract.ts";
import { TRPC_PATH } from "../wire/paths.ts";
import { batchLink } from "./batch-link.ts";
import { foreignResponse } from "./failure.ts";
import { releaseSignalsLink } from "./release-signals-link.ts";
import { startStallTimer } from "./stall-timer.ts";
import { type SubscriptionConnection, subscriptionLink } from "./subscription-link.ts";

/** The server and the credential for control calls. */
export interface ControlOptions extends Omit<SubscriptionConnection, "url"> {
  /** Scheme, host and port; "" for those of the page. */
  readonly origin: string;
}

/** Typed control calls over HTTP: calls are batched, each subscription has its own request. */
export function createControlClient<Router extends AnyAppRouter>(
  options: ControlOptions,
): TRPCClient<Router> {
  const url = `${options.origin}${TRPC_PATH}`;
  const loose = createTRPCClient<AnyAppRouter>({
    links: [
      releaseSignalsLink,
      subscriptionLink({ ...options, url }),
      batchLink({ url, send: (target, init) => call(options, target, init) }),
    ],
  });
  // At run time the client uses only the names of the procedures.
  return loose as unknown as TRPCClient<Router>;
}

/** Sends one request. When the server refuses the token (401), sends it once more with a new one. */
async function call(options: ControlOptions, url: string, init: RequestInit): Promise<Response> {
  const { bearer } = options;
  const authorization = await bearer.header();
  const response = await request(options, url, { init, authorization });
  if (response.status !== 401 || !bearer.renews) return response;
  await bearer.refused(authorization);
  return request(options, url, { init, authorization: await bearer.header() });
}

async function request(
  { fetch, stallMs }: ControlOptions,
  url: string,
  { init, authorization }: { init: RequestInit; authorization: string | null },
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (authorization !== null) headers.set("authorization", authorization);
  const stalled = new AbortController();
  const stall = startStallTimer(stallMs, () =>
    stalled.abort(new Error(`The server did not respond within ${stallMs} ms.`)),
  );
  const signal = init.signal ? AbortSignal.any([init.signal, stalled.signal]) : stalled.signal;
  try {
    const response = await fetch(url, { ...init, headers, signal });
    stall.alive();
    // The body is read here, before the timer ends: a response may stall after its head.
    const body = await response.text();
    if (!isJson(body)) throw foreignResponse(response);
    return new Response(body, response);
  } finally {
    stall.end();
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
