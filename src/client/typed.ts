import type { TRPCClient } from "@trpc/client";
import type { AnyAppRouter, ProfileShapes, ShapesOf } from "../doors/trpc/router-contract.ts";
import type { CompletedView, StoredView } from "./completed-view.ts";
import type { UploadSnapshot } from "./snapshot.ts";
import type { Upload } from "./upload.ts";
import type { UploadQueue } from "./upload-queue.ts";

/*
 * The types that callers use. The engine below knows profiles only by their names; here they have
 * types, read off the server's router.
 */

type Uploads<Router extends AnyAppRouter> = Router["_def"]["record"]["uploads"];
type InitInputOf<Router extends AnyAppRouter> = Uploads<Router>["init"]["_def"]["$types"]["input"];
type ShapesIn<Router> =
  Router extends ShapesOf<infer Shapes extends ProfileShapes> ? Shapes : never;

/** The names of the profiles that the server declares. */
export type ProfileNameOf<Router extends AnyAppRouter> = keyof ShapesIn<Router> & string;

/** What `onComplete` of the profile `Name` returns; null where it returns nothing. */
type DataOf<Router extends AnyAppRouter, Name extends string> = Given<
  ShapesIn<Router>[Name]["data"]
>;
type Given<Data> = Exclude<Data, Nothing> | (undefined extends Data ? null : never);
// biome-ignore lint/suspicious/noConfusingVoidType: the result of a function without one
type Nothing = undefined | void;

/** A completed upload of the profile `Name`: `profile` tells the union's members apart. */
export type CompletedOf<Router extends AnyAppRouter, Name extends string> = {
  [Each in Name]: CompletedView<Each, DataOf<Router, Each>>;
}[Name];

/** A complete upload of the profile `Name`; `data` is null until the profile's `onComplete` has run. */
export type StoredOf<Router extends AnyAppRouter, Name extends string> = {
  [Each in Name]: StoredView<Each, DataOf<Router, Each>>;
}[Name];

type Without<Union, Keys extends PropertyKey> = Union extends unknown ? Omit<Union, Keys> : never;

/** What the server needs to know of a new upload: its profile, the profile's metadata, preferences. */
type BeginOf<Router extends AnyAppRouter, Name extends string> = Without<
  Extract<InitInputOf<Router>, { readonly profile?: Name | undefined }>,
  "filename" | "path" | "size" | "contentType"
>;

/** Options of any upload. */
export interface CommonUploadOptions<View = CompletedView> {
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
  /** Called with the newest snapshot after every change; about six times a second while bytes move. */
  readonly onProgress?: (snapshot: UploadSnapshot) => void;
  /** Called once with the completed upload, when the profile's `onComplete` has run. */
  readonly onDone?: (view: View) => void;
  /** Ends the upload for good, as `abort` does. */
  readonly signal?: AbortSignal;
}

/** Options of a new upload of the profile `Name`. */
export type UploadOptionsOf<Router extends AnyAppRouter, Name extends string> = CommonUploadOptions<
  CompletedOf<Router, Name>
> &
  BeginOf<Router, Name>;

/** What `existing` looks for. */
export interface ExistingOptionsOf<Name extends string>
  extends Pick<CommonUploadOptions, "filename" | "path"> {
  /** `default` when left out. */
  readonly profile?: Name;
  /** Ends the search: `existing` then rejects with ABORTED. */
  readonly signal?: AbortSignal;
}

/** Options of an upload that was begun elsewhere, by one's own backend for example. */
export interface ContinueOptions<Name extends string = string, View = CompletedView>
  extends CommonUploadOptions<View> {
  /** The upload's id. Nothing is begun and nothing is searched: a ticket for it is sufficient. */
  readonly uploadId: string;
  /** The profile it was begun with, which types the result. */
  readonly profile?: Name;
}

/** An `Upload` whose result is typed. */
export interface TypedUpload<View> extends Omit<Upload, "done"> {
  /**
   * The completed upload, once the profile's `onComplete` has run. Rejects with an `UploadFailure`;
   * after `resume` read it again: it is another promise then.
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
  /** All control calls, typed; `uploads.watch.subscribe` included. */
  readonly trpc: TRPCClient<Router>;
  /** Begins the upload of `source`, or continues an unfinished one, as soon as a slot is free. */
  upload(source: WithoutOptions<Router, Source>): TypedUpload<CompletedOf<Router, "default">>;
  upload<const Name extends ProfileNameOf<Router> = "default">(
    source: Source,
    options: { readonly profile?: Name | undefined } & UploadOptionsOf<Router, Name>,
  ): TypedUpload<CompletedOf<Router, Name>>;
  /**
   * Sends `source` into the upload `uploadId`, which was begun elsewhere, from its offset on. `done`
   * rejects with DIFFERENT_FILE when that upload holds the bytes of another file.
   */
  continueUpload<const Name extends ProfileNameOf<Router> = ProfileNameOf<Router>>(
    source: Source,
    options: ContinueOptions<Name, CompletedOf<Router, Name>>,
  ): TypedUpload<CompletedOf<Router, Name>>;
  /** The name by which an upload of `source` is remembered. */
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
  createQueue(): UploadQueue<
    Source,
    AnyUploadOptionsOf<Router>,
    CompletedOf<Router, ProfileNameOf<Router>>
  >;
}
