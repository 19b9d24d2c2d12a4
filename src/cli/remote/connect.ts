import { readFailure } from "../../client/failure.ts";
import type { AppRouterOf, ProfileShapes } from "../../client/index.ts";
import { createUploadClient, type UploadClient } from "../../client/node/index.ts";
import { describeError, type Endpoint } from "./error-messages.ts";
import { CommandError } from "./exit-codes.ts";

/** Options of all commands. */
export interface ServerOptions {
  /** Without a trailing slash. */
  readonly url: string;
  readonly token?: string;
  readonly json?: boolean;
}

/** The router of a server with unknown profiles. */
export type AnyServer = AppRouterOf<ProfileShapes>;

export type Client = UploadClient<AnyServer>;

/** `parallel`: maximum number of parallel chunks per file. */
export function clientFor({ url, token }: ServerOptions, parallel = 3): Client {
  return createUploadClient<AnyServer>({
    url,
    ...(token === undefined ? {} : { token }),
    parallel,
    // Two files are sent in parallel.
    maxChunks: parallel * 2,
  });
}

export function endpointOf({ url, token }: ServerOptions): Endpoint {
  return { url, hasToken: token !== undefined };
}

/** Converts `thrown` to a CommandError. */
export function commandError(thrown: unknown, server: ServerOptions): CommandError {
  if (thrown instanceof CommandError) return thrown;
  return new CommandError(describeError(thrown, endpointOf(server)).message, 1, thrown);
}

/**
 * Checks URL and token with one request, so that mistakes are reported before files are sent and
 * without retries. Throws CommandError. Ignores that the server is busy or restarting: uploads retry.
 */
export async function checkServer(client: Client, server: ServerOptions): Promise<void> {
  try {
    await client.trpc.uploads.list.query({ limit: 1 });
  } catch (thrown) {
    const { code } = readFailure(thrown);
    // Listing needs a token, but the server may allow anonymous uploads.
    if (code === "UNAUTHENTICATED" && server.token === undefined) return;
    if (code === "UNAVAILABLE" || code === "RATE_LIMITED" || code === "BUSY") return;
    throw commandError(thrown, server);
  }
}
