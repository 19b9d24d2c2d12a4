import type { TRPCClient } from "@trpc/client";
import type { AnyAppRouter, ProfileShapes, ShapesOf } from "../doors/trpc/router-contract.ts";
import type { CompletedView, StoredView } from "./completed-view.ts";
import type { UploadSnapshot } from "./snapshot.ts";
import type { Upload } from "./upload.ts";
import type { UploadQueue } from "./upload-queue.ts";

/*
 * The types that callers use. The engine knows only the names of the profiles; their types are
 * derived here from the server's router.
 */

type Uploads<Router extends AnyAppRouter> = Router["_def"]["record"]["uploads"];
type InitInputOf<Router extends AnyAppRouter> = Uploads<Router>["init"]["_def"]["$types"]["input"];
type ShapesIn<Router> =
  Router extends ShapesOf<infer Shapes extends ProfileShapes> ? Shapes : never;

/** The names of the profiles that the server declares. */
export type ProfileNameOf<Router extends AnyAppRouter> = keyof ShapesIn<Router> & string;

/** The result of `onComplete` of the profile `Name`; null if it returns nothing. */
type DataOf<Router extends AnyAppRouter, Name extends string> = ResultOf<
  ShapesIn<Router>[Name]["data"]
>;
type ResultOf<Data> = Exclude<Data, Nothing> | (undefined extends Data ? null : never);
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a result returns void
type Nothing = undefined | void;

/** A completed upload of the profile `Name`. For a union of names, `profile` is the discriminant. */
export type CompletedOf<Router extends AnyAppRouter, Name extends string> = {
  [Each in Name]: CompletedView<Each, DataOf<Router, Each>>;
}[Name];

/** A complete upload of the profile `Name`; `data` is null until the profile's `onComplete` has run. */
export type StoredOf<Router extends AnyAppRouter, Name extends string> = {
  [Each in Name]: StoredView<Each, DataOf<Router, Each>>;
}[Name];

type Without<Union, Keys extends PropertyKey> = Union extends unknown ? Omit<Union, Keys> : never;

/** The input of `init` that callers provide: profile, its metadata, chunk size and digest algorithm. */
type BeginOf<Router extends AnyAppRouter, Name extends string> = Without<
  Extract<InitInputOf<Router>, { readonly profile?: Name | undefined }>,
  "filename" | "path" | "size" | "contentType"
>;

/** Options of any upload. */
export interface CommonUploadOptions<View = CompletedView> {
  /** The name of the file. Needed for a stream or bytes; overrides the name of a file. */
  readonly filename?: string;
  /** The media type. Default: that of the source. */
  readonly contentType?: string;
  /**
   * The relative path of the file in a selected folder, with "/" as separator and the filename at the
   * end. The server stores and shows it. Default: the `webkitRelativePath` of a `File`.
   */
  readonly path?: string;
  /** Called with the newest snapshot after every change, about six times per second during a transfer. */
  readonly onProgress?: (snapshot: UploadSnapshot) => void;
  /** Called once with the completed upload, after the profile's `onComplete` has run. */
  readonly onDone?: (view: View) => void;
  /** Aborts the upload and deletes it from the server, as `abort` does. */
  readonly signal?: AbortSignal;
}

/** Options of a new upload of the profile `Name`. */
export type UploadOptionsOf<Router extends AnyAppRouter, Name extends string> = CommonUploadOptions<
  CompletedOf<Router, Name>
> &
  BeginOf<Router, Name>;

/** Options of `existing`. */
export interface ExistingOptionsOf<Name extends string>
  extends Pick<CommonUploadOptions, "filename" | "path"> {
  /** Default: `default`. */
  readonly profile?: Name;
  /** Aborts the search: `existing` rejects with ABORTED. */
  readonly signal?: AbortSignal;
}

/** Options of an upload that was created elsewhere, for example by your backend. */
export interface ContinueOptions<Name extends string = string, View = CompletedView>
  extends CommonUploadOptions<View> {
  /** The id of the upload. The client neither creates nor searches an upload, so a ticket is sufficient. */
  readonly uploadId: string;
  /** The profile that it was created with; it determines the type of the result. */
  readonly profile?: Name;
}

/** An `Upload` with a typed result. */
export interface TypedUpload<View> extends Omit<Upload, "done"> {
  /**
   * Resolves with the completed upload after the profile's `onComplete` has run. Rejects with an
   * `UploadFailure`. Read the property again after `resume`: it is a new promise.
   */
  readonly done: Promise<View>;
}

/** The options of a new upload of any profile. */
export type AnyUploadOptionsOf<Router extends AnyAppRouter> = {
  [Name in ProfileNameOf<Router>]: UploadOptionsOf<Router, Name>;
}[ProfileNameOf<Router>];

type WithoutOptions<Router extends AnyAppRouter, Source> =
  Record<never, never> extends UploadOptionsOf<Router, "default"> ? Source : never;

/** The upload client, typed by the server's router. */
export interface TypedUploadClient<Router extends AnyAppRouter, Source> {
  /** The typed tRPC client, including `uploads.watch.subscribe`. */
  readonly trpc: TRPCClient<Router>;
  /** Uploads `source`, or continues its unfinished upload, as soon as a slot is free. */
  upload(source: WithoutOptions<Router, Source>): TypedUpload<CompletedOf<Router, "default">>;
  upload<const Name extends ProfileNameOf<Router> = "default">(
    source: Source,
    options: { readonly profile?: Name | undefined } & UploadOptionsOf<Router, Name>,
  ): TypedUpload<CompletedOf<Router, Name>>;
  /**
   * Sends `source` into the upload `uploadId`, which was created elsewhere, from its offset. `done`
   * rejects with DIFFERENT_FILE when that upload holds bytes of another file.
   */
  continueUpload<const Name extends ProfileNameOf<Router> = ProfileNameOf<Router>>(
    source: Source,
    options: ContinueOptions<Name, CompletedOf<Router, Name>>,
  ): TypedUpload<CompletedOf<Router, Name>>;
  /** The key under which an upload of `source` is remembered. */
  fingerprint(source: Source, options?: AnyUploadOptionsOf<Router>): string;
  /**
   * Returns the user's newest complete upload of the same file (name, size, path, profile and content),
   * so that it need not be sent again; null when there is none. Reads the file only if the server has
   * one with its name and size. Calls made at the same time share a request. Throws `UploadFailure`.
   */
  existing<const Name extends ProfileNameOf<Router> = "default">(
    source: Source,
    options?: ExistingOptionsOf<Name>,
  ): Promise<StoredOf<Router, Name> | null>;
  /** Creates an empty queue that uploads with this client. */
  createQueue(): UploadQueue<
    Source,
    AnyUploadOptionsOf<Router>,
    CompletedOf<Router, ProfileNameOf<Router>>
  >;
}
