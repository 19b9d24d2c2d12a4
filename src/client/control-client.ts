import { createTRPCClient, httpBatchLink, type TRPCClient } from "@trpc/client";
import superjson from "superjson";
import type { AnyAppRouter } from "../doors/trpc/router-contract.ts";
import { TRPC_PATH } from "../wire/paths.ts";
import { foreignAnswer, UploadFailure } from "./failure.ts";
import { releaseSignalsLink } from "./release-signals-link.ts";
import { sendBatch } from "./send-batch.ts";
import { type SubscriptionLine, subscriptionLink } from "./subscription-link.ts";

/** How control calls travel. */
export interface ControlOptions extends Omit<SubscriptionLine, "url"> {
  /** Scheme, host and port; "" for the page's own. */
  readonly origin: string;
}

/** The typed control calls over HTTP, several in one request; subscriptions in one each. */
export function createControlClient<Router extends AnyAppRouter>(
  options: ControlOptions,
): TRPCClient<Router> {
  const url = `${options.origin}${TRPC_PATH}`;
  const loose = createTRPCClient<AnyAppRouter>({
    links: [
      releaseSignalsLink,
      subscriptionLink({ ...options, url }),
      httpBatchLink({
        url,
        transformer: { serialize, deserialize: superjson.deserialize },
        maxItems: 10,
        fetch: (url, init) =>
          sendBatch(String(url), init as RequestInit | undefined, (part, partInit) =>
            call(options, part, partInit),
          ),
      }),
    ],
  });
  // The procedures' names are all that the client knows at run time.
  return loose as unknown as TRPCClient<Router>;
}

/** What cannot travel is refused before it is sent: nothing else would tell it from a dead line. */
function serialize(input: unknown): unknown {
  try {
    return superjson.serialize(input);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : undefined;
    throw new UploadFailure("INVALID_INPUT", { message, cause });
  }
}

/** One request; a token that the server no longer takes is asked for anew, once. */
async function call(
  options: ControlOptions,
  url: string,
  init: RequestInit | undefined,
): Promise<Response> {
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
  { init, authorization }: { init: RequestInit | undefined; authorization: string | null },
): Promise<Response> {
  const headers = new Headers(init?.headers);
  if (authorization !== null) headers.set("authorization", authorization);
  const stalled = new AbortController();
  const timer = setTimeout(
    () => stalled.abort(new Error(`The server did not respond within ${stallMs} ms.`)),
    stallMs,
  );
  const signal = init?.signal ? AbortSignal.any([init.signal, stalled.signal]) : stalled.signal;
  try {
    const response = await fetch(url, { ...init, headers, signal });
    // Read here, where the clock is still running: an answer may stall after its head, too.
    const body = await response.text();
    if (!isJson(body)) throw foreignAnswer(response);
    return new Response(body, response);
  } finally {
    clearTimeout(timer);
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
