import { readFailure } from "../../client/failure.ts";
import type { AppRouterOf, ProfileShapes } from "../../client/index.ts";
import { createUploadClient, type UploadClient } from "../../client/node/index.ts";
import { CommandError } from "./exit-codes.ts";
import { type Asked, explain } from "./explain.ts";

/** Options of every command. */
export interface ServerOptions {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token?: string;
  readonly json?: boolean;
}

/** Any server's router: which profiles it has is known to whoever calls. */
export type AnyServer = AppRouterOf<ProfileShapes>;

export type Client = UploadClient<AnyServer>;

/** `parallel`: chunks of one file at once, at most. */
export function clientFor({ url, token }: ServerOptions, parallel = 3): Client {
  return createUploadClient<AnyServer>({
    url,
    ...(token === undefined ? {} : { token }),
    parallel,
    // Of two files at once, each has its share.
    maxChunks: parallel * 2,
  });
}

export function askedOf({ url, token }: ServerOptions): Asked {
  return { url, hasToken: token !== undefined };
}

/** What `thrown` means, as the command's end. */
export function commandError(thrown: unknown, server: ServerOptions): CommandError {
  if (thrown instanceof CommandError) return thrown;
  return new CommandError(explain(thrown, askedOf(server)).message, 1, thrown);
}

/**
 * Asks the server whether it is one and takes the token, before anything is sent: a wrong URL is
 * told at once, not after all retries. Throws CommandError. A server that is busy or restarting
 * passes: the engine has patience.
 */
export async function checkServer(client: Client, server: ServerOptions): Promise<void> {
  try {
    await client.trpc.uploads.list.query({ limit: 1 });
  } catch (thrown) {
    const { code } = readFailure(thrown);
    // Without a token there is no list, but perhaps anybody may upload.
    if (code === "UNAUTHENTICATED" && server.token === undefined) return;
    if (code === "UNAVAILABLE" || code === "RATE_LIMITED" || code === "BUSY") return;
    throw commandError(thrown, server);
  }
}
