import type { AppRouter } from "../../doors/trpc/app-router.ts";
import type { AnyAppRouter } from "../../doors/trpc/router-contract.ts";
import { assembleClient } from "../assemble-client.ts";
import type { CommonClientOptions } from "../client-options.ts";
import { timerClock } from "../timer-clock.ts";
import type { TypedUploadClient } from "../typed.ts";
import { describeNodeSource, type NodeSource } from "./describe-source.ts";
import { fileLocks } from "./file-locks.ts";
import { defaultDirectory, fileMemory, noMemory } from "./file-memory.ts";
import { httpTransport } from "./http-transport.ts";
import { nodeDigests } from "./node-digests.ts";
import { processLocks } from "./process-locks.ts";

/**
 * What can be sent from Node: a path, bytes, a `Blob`, or a stream (web or Node). Only one chunk of a
 * stream is buffered: it survives cut connections, but not a restart.
 */
export type UploadSource = NodeSource;

export interface UploadClientOptions extends CommonClientOptions {
  /** Scheme, host and port of the server. */
  readonly url: string;
  /**
   * The directory that remembers unfinished uploads after the process ends. Processes that share it do
   * not send one file twice. `false`: none. Default: `$XDG_STATE_HOME/trpc-chunked-upload`, or
   * `~/.local/state/trpc-chunked-upload`.
   */
  readonly resume?: string | false;
}

export type UploadClient<Router extends AnyAppRouter = AppRouter> = TypedUploadClient<
  Router,
  UploadSource
>;

/** Creates the upload client for Node. Opens no file or connection before the first call. */
export function createUploadClient<Router extends AnyAppRouter = AppRouter>(
  options: UploadClientOptions,
): UploadClient<Router>;
// A server that renders a page creates the page's client with this function, perhaps without a `url`.
export function createUploadClient<Router extends AnyAppRouter = AppRouter>(
  options: UploadClientOptions = { url: "" },
): UploadClient<Router> {
  const { resume = defaultDirectory() } = options;
  return assembleClient<Router, UploadSource>(options, {
    clock: timerClock,
    network: { isOnline: () => true, onChange: () => () => undefined },
    digests: nodeDigests,
    memory: resume === false ? noMemory : fileMemory(resume),
    locks: resume === false ? processLocks : fileLocks(resume),
    transport: httpTransport,
    describe: describeNodeSource,
    hasCookies: false,
  });
}

export * from "../common-exports.ts";
