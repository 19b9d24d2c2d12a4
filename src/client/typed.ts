import type { TRPCClient } from "@trpc/client";
import type { AnyAppRouter } from "../doors/trpc/router-contract.ts";
import type { RetryPolicy } from "./backoff.ts";
import type { StoredView } from "./completed-view.ts";
import type { ContentDigestAlgorithm } from "./content-digest.ts";
import type { UploadSnapshot } from "./snapshot.ts";
import type { Upload } from "./upload.ts";
import type { UploadQueue } from "./upload-queue.ts";

/*
 * What callers write. The engine below knows profiles only by their names; here they have types,
 * read off the server's router.
 */

type Uploads<Router extends AnyAppRouter> = Router["_def"]["record"]["uploads"];
type InitInputOf<Router extends AnyAppRouter> = Uploads<Router>["init"]["_def"]["$types"]["input"];
type ViewsOf<Router extends AnyAppRouter> = Uploads<Router>["status"]["_def"]["$types"]["output"];

/** The names of the profiles that the server declares. */
export type ProfileNameOf<Router extends AnyAppRouter> = ViewsOf<Router>["profile"];

/** An upload of the profile `Name`, its `data` typed by the profile's `onComplete`. */
export type ViewOf<Router extends AnyAppRouter, Name extends string> = Extract<
  ViewsOf<Router>,
  { readonly profile: Name }
>;

/** A complete upload of the profile `Name`; `data` is null until the profile's `onComplete` has run. */
export type StoredOf<Router extends AnyAppRouter, Name extends string> = StoredView<Name> &
  Pick<ViewOf<Router, Name>, "data" | "profile">;

type Without<Union, Keys extends PropertyKey> = Union extends unknown ? Omit<Union, Keys> : never;

/** What the server is told of a new upload: its profile, the metadata that the profile asks for, wishes. */
type BeginOf<Router extends AnyAppRouter, Name extends string> = Without<
  Extract<InitInputOf<Router>, { readonly profile?: Name | undefined }>,
  "filename" | "path" | "size" | "contentType"
>;

/** What may be said of any upload. */
export interface CommonUploadOptions {
  /** The file's name, when the source has none (a stream, bytes) or another is wanted. */
  readonly filename?: string;
  /** The media type; the source's own when left out. */
  readonly contentType?: string;
  /**
   * The relative path of the file in a chosen folder, with "/" between its parts and the filename
   * at its end. The server stores and shows it. A `File` of a chosen folder has its own
   * (`webkitRelativePath`).
   */
  readonly path?: string;
  /** Called with the newest snapshot after every change; while bytes move some six times a second. */
  readonly onProgress?: (snapshot: UploadSnapshot) => void;
  /** Ends the upload for good, as `abort` does. */
  readonly signal?: AbortSignal;
}

/** What may be said of a new upload of the profile `Name`. */
export type UploadOptionsOf<
  Router extends AnyAppRouter,
  Name extends string,
> = CommonUploadOptions & { readonly uploadId?: never } & BeginOf<Router, Name>;

/** What `existing` looks for. */
export interface ExistingOptionsOf<Name extends string>
  extends Pick<CommonUploadOptions, "filename" | "path"> {
  /** `default` when left out. */
  readonly profile?: Name;
  /** Ends the search: `existing` then rejects with ABORTED. */
  readonly signal?: AbortSignal;
}

/** What may be said of an upload that was begun elsewhere, by one's own backend for example. */
export interface ContinueOptions<Name extends string = string> extends CommonUploadOptions {
  /** The upload's id. Nothing is begun and nothing is looked for: a ticket for it is credential enough. */
  readonly uploadId: string;
  /** The profile it was begun with, which types the result. */
  readonly profile?: Name;
  readonly metadata?: never;
}

/** An `Upload` whose result is typed. */
export interface TypedUpload<View> extends Omit<Upload, "done"> {
  /**
   * The completed upload, once the profile's `onComplete` has run. Rejects with an `UploadFailure`;
   * after `resume` ask for it anew.
   */
  readonly done: Promise<View>;
}

/** Everything an upload of any profile may be told. */
export type AnyUploadOptionsOf<Router extends AnyAppRouter> =
  | { [Name in ProfileNameOf<Router>]: UploadOptionsOf<Router, Name> }[ProfileNameOf<Router>]
  | ContinueOptions<ProfileNameOf<Router>>;

type WithoutOptions<Router extends AnyAppRouter, Source> =
  Record<never, never> extends UploadOptionsOf<Router, "default"> ? Source : never;

/** The upload client, typed by the server's router. */
export interface TypedUploadClient<Router extends AnyAppRouter, Source> {
  /** All control calls, typed; `uploads.watch.subscribe` included. */
  readonly trpc: TRPCClient<Router>;
  /** Begins the upload of `source`, or takes it up again where it stopped, as soon as a slot is free. */
  upload(source: WithoutOptions<Router, Source>): TypedUpload<ViewOf<Router, "default">>;
  /** Sends `source` into the upload `uploadId`, from wherever that stands. */
  upload<const Name extends ProfileNameOf<Router> = ProfileNameOf<Router>>(
    source: Source,
    options: ContinueOptions<Name>,
  ): TypedUpload<ViewOf<Router, Name>>;
  upload<const Name extends ProfileNameOf<Router> = "default">(
    source: Source,
    options: { readonly profile?: Name | undefined } & UploadOptionsOf<Router, Name>,
  ): TypedUpload<ViewOf<Router, Name>>;
  /** Under which name an upload of `source` would be remembered. */
  fingerprint(source: Source, options?: AnyUploadOptionsOf<Router>): string;
  /**
   * The own complete upload of the same file (name, size, path, profile and content), so that it need
   * not be sent again; null when there is none. The file is read only when the server knows one of
   * its name and size. Calls made at the same moment share a request. Throws `UploadFailure`.
   */
  existing<const Name extends ProfileNameOf<Router> = "default">(
    source: Source,
    options?: ExistingOptionsOf<Name>,
  ): Promise<StoredOf<Router, Name> | null>;
  /** A new, empty queue over this client. */
  createQueue(): UploadQueue<Source, AnyUploadOptionsOf<Router>>;
}

/** What every runtime's client can be told. */
export interface CommonClientOptions {
  /**
   * An API token or a ticket, or a function that gives one: it is called when a token is needed
   * first, and again whenever the server no longer takes the last one (401). Left out: the cookie
   * of the browser's session speaks.
   */
  readonly token?: string | (() => string | Promise<string>);
  /** Tells apart what several users of one machine have under way. */
  readonly account?: string;
  /** Chunks of one file on the way at once, at most; fewer where more would not help. 3 unless told. */
  readonly parallel?: number;
  /** Chunks of all files on the way at once; 4 unless told (a browser has six connections a host). */
  readonly maxChunks?: number;
  /** Files under way at once; unless told 3, and 6 of up to 1 MiB beside them. */
  readonly maxFiles?: number;
  /** Sends a digest with every chunk, which the server verifies before the bytes count. None unless told. */
  readonly chunkDigest?: ContentDigestAlgorithm;
  /** How often and how long to try again; what is left out keeps its default. */
  readonly retry?: Partial<RetryPolicy>;
  /** No byte gone and no answer for so long (ms): the line is dead. 60,000 unless told. */
  readonly stallMs?: number;
  /**
   * How long (ms) to wait for an `onComplete` that fails on the server, which tries it again and
   * again, before `done` rejects with COMPLETION_FAILED. 60,000 unless told.
   */
  readonly completionPatienceMs?: number;
  /** Carries the control calls; the global `fetch` unless told. */
  readonly fetch?: typeof globalThis.fetch;
}
