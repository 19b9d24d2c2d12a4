import type { AppRouter } from "../../doors/trpc/app-router.ts";
import type { AnyAppRouter } from "../../doors/trpc/router-contract.ts";
import type { UploadClientOptions as BrowserOptions } from "../browser/index.ts";
import type {
  UploadClientOptions as NodeOptions,
  UploadSource as NodeSource,
} from "../node/index.ts";
import type { TypedUploadClient } from "../typed.ts";

/*
 * The client as a compiler must see it that cannot know where the code will run: `moduleResolution:
 * "bundler"` reads one and the same application for the browser and for Node. Types only: what runs
 * is one of the two.
 */

/** What can be sent. Paths, and Node's own streams, from Node only. */
export type UploadSource = NodeSource;

/** `url` may be left out in a page of the server itself only; `resume` is Node's. */
export interface UploadClientOptions extends BrowserOptions, Pick<NodeOptions, "resume"> {}

export type UploadClient<Router extends AnyAppRouter = AppRouter> = TypedUploadClient<
  Router,
  UploadSource
>;

/** The upload client for where this runs: a browser or Node. */
export declare function createUploadClient<Router extends AnyAppRouter = AppRouter>(
  options?: UploadClientOptions,
): UploadClient<Router>;

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
