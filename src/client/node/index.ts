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
 * What can be sent from Node: a path, bytes, a `Blob`, or a stream (web or Node's). Of a stream
 * nothing is kept but one chunk: it survives cut lines, not a restart.
 */
export type UploadSource = NodeSource;

export interface UploadClientOptions extends CommonClientOptions {
  /** Scheme, host and port of the server. */
  readonly url: string;
  /**
   * The directory that remembers unfinished uploads beyond the end of the process, and by which
   * processes that share it do not send one file twice; false: none.
   * Left out: `$XDG_STATE_HOME/trpc-chunked-upload`, else `~/.local/state/trpc-chunked-upload`.
   */
  readonly resume?: string | false;
}

export type UploadClient<Router extends AnyAppRouter = AppRouter> = TypedUploadClient<
  Router,
  UploadSource
>;

/** The upload client for Node. Opens nothing before the first upload. */
export function createUploadClient<Router extends AnyAppRouter = AppRouter>(
  options: UploadClientOptions,
): UploadClient<Router>;
// A page's client, which needs no `url`, is made by this one while a server renders the page.
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

export type { CompletedView, StoredView } from "../completed-view.ts";
export { type FailureCode, isRetryable, UploadFailure } from "../failure.ts";
export type { UploadHold, UploadPhase, UploadSetback, UploadSnapshot } from "../snapshot.ts";
export { canResume, isActive, isOver } from "../snapshot.ts";
export type { ContinueOptions, TypedUpload } from "../typed.ts";
export type { Upload } from "../upload.ts";
export type {
  QueueDoneListener,
  QueueEntry,
  QueueItem,
  QueueSnapshot,
  QueueTotals,
  UploadQueue,
} from "../upload-queue.ts";
