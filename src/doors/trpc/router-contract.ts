import type {
  TRPCBuiltRouter,
  TRPCDefaultErrorShape,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from "@trpc/server";
import type { ProfileMetadata, ProfileName, ProfileResult, Profiles } from "../../core/profiles.ts";
import type { UploadStatus } from "../../core/upload.ts";
import type {
  NewTokenView,
  RevokedAllView,
  TokenView,
  UserView,
} from "../../wire/account-schemas.ts";
import type { AdminPage, AdminUploadView, StatsView } from "../../wire/admin-schemas.ts";
import type {
  Page,
  UploadErrorData,
  UploadMetadata,
  UploadView,
  WatchEvent,
} from "../../wire/schemas.ts";

/*
 * The types of the router for clients. They are declared, not inferred, so that other applications get
 * these types without types of the server; the compiler checks them where the router is built.
 */

/** A profile for clients: the metadata it expects, and the data that its `onComplete` returns. */
export interface ProfileShape {
  readonly metadata: unknown;
  readonly data: unknown;
}

export type ProfileShapes = { readonly [name: string]: ProfileShape };

/** The shapes of the profiles that an application declared. */
export type ProfileShapesOf<P extends Profiles> = {
  readonly [Name in ProfileName<P>]: {
    readonly metadata: ProfileMetadata<P, Name>;
    readonly data: ProfileResult<P, Name>;
  };
};

/** Input of `uploads.init`: for each profile its name (`default` may be omitted) and its metadata. */
export type InitInput<Shapes extends ProfileShapes = ProfileShapes> = {
  [Name in keyof Shapes & string]: InitFile & NameOf<Name> & MetadataOf<Shapes[Name]["metadata"]>;
}[keyof Shapes & string];

/** An upload of one of the profiles; `profile` determines the type of `data`. */
export type TypedUploadView<Shapes extends ProfileShapes = ProfileShapes> = {
  [Name in keyof Shapes & string]: UploadView<Name, Shapes[Name]["data"]>;
}[keyof Shapes & string];

interface InitFile {
  readonly filename: string;
  /**
   * The relative path in the uploaded folder, with "/" as separator. Its last segment is replaced by
   * `filename`. REJECTED if it contains "..", is absolute or has more than 4 KiB.
   */
  readonly path?: string | null | undefined;
  /** Total bytes; omitted or null while the length is deferred. */
  readonly size?: number | null | undefined;
  readonly contentType?: string | null | undefined;
  /** A wish in bytes; the `chunkSize` of the response applies. */
  readonly chunkSize?: number | undefined;
  readonly checksumAlgorithm?: string | undefined;
  /**
   * Which way the bytes go. `direct`: from the client to the store (INVALID_INPUT where that is not
   * possible). `auto`: `direct` where it is possible, else `server`. Default: `server`.
   */
  readonly transfer?: "server" | "direct" | "auto" | undefined;
}

/** A part of a direct upload. All but the last have the upload's `chunkSize`. */
export interface PartView {
  /** From 1. */
  readonly number: number;
  /** Bytes. */
  readonly size: number;
  /** Of the part's bytes by the upload's `checksumAlgorithm`, lower-case hex. */
  readonly checksum: string;
}

/** A request for one part: PUT with these headers, and with a body of the part's size. */
export interface SignedPartView {
  readonly number: number;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly expiresAt: Date;
}

interface PartsInput extends IdInput {
  /** Parts to send next; at most 1,000. */
  readonly sign?: readonly PartView[] | undefined;
  /** Parts that the store has acknowledged, with the ETags of its responses; at most 1,000. */
  readonly confirmed?: readonly { readonly number: number; readonly etag: string }[] | undefined;
}

interface PartsOutput {
  /** For each part of `sign` that does not count yet. */
  readonly urls: readonly SignedPartView[];
  /** The parts that count, ascending: of those that the input names, or all when it names none. */
  readonly received: readonly PartView[];
}

type NameOf<Name extends string> = Name extends "default"
  ? { readonly profile?: Name | undefined }
  : string extends Name
    ? { readonly profile?: string | undefined }
    : { readonly profile: Name };

type MetadataOf<Metadata> =
  MayBeLeftOut<Metadata> extends true
    ? { readonly metadata?: Metadata | undefined }
    : { readonly metadata: Metadata };

/** Metadata may be omitted if the profile accepts undefined or an empty object. */
type MayBeLeftOut<Metadata> = [undefined] extends [Metadata]
  ? true
  : [Record<never, never>] extends [Metadata]
    ? true
    : false;

type Query<Input, Output> = TRPCQueryProcedure<{ input: Input; output: Output; meta: object }>;
type Mutation<Input, Output> = TRPCMutationProcedure<{
  input: Input;
  output: Output;
  meta: object;
}>;
type Subscription<Input, Event> = TRPCSubscriptionProcedure<{
  input: Input;
  output: AsyncIterable<{ id: string; data: Event }, void, unknown>;
  meta: object;
}>;

interface IdInput {
  readonly id: string;
}

interface ListInput {
  readonly status?: UploadStatus | undefined;
  /**
   * A part of the relative path or filename, in any case. For administrators also a part of the
   * owner's e-mail address, the first characters of the upload's id, or the owner's id.
   */
  readonly search?: string | undefined;
  readonly cursor?: string | undefined;
  /** 1 to 100, default 50. */
  readonly limit?: number | undefined;
}

interface FileIdentityInput {
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
  /** As `path` of `init`; omitted for a file without a folder. */
  readonly path?: string | null | undefined;
}

interface AdminListInput extends ListInput {
  readonly userId?: string | undefined;
  readonly profile?: string | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  readonly sort?: "createdAt" | "filename" | "size" | undefined;
  readonly order?: "asc" | "desc" | undefined;
}

interface NewUserInput {
  readonly email: string;
  readonly name?: string | undefined;
  readonly password?: string | undefined;
  readonly role?: "user" | "admin" | undefined;
}

interface UserUpdateInput extends Partial<Omit<NewUserInput, "email">>, IdInput {
  readonly disabled?: boolean | undefined;
}

/** Every procedure by its path. `View` is the upload as this application's profiles type it. */
export type AppRecord<Shapes extends ProfileShapes, View = TypedUploadView<Shapes>> = {
  uploads: {
    init: Mutation<InitInput<Shapes>, View>;
    status: Query<IdInput, View>;
    /** Signs and counts parts of a direct upload. */
    parts: Mutation<PartsInput, PartsOutput>;
    complete: Mutation<IdInput & { readonly checksum?: string | undefined }, View>;
    list: Query<ListInput | undefined, Page<View>>;
    resumable: Query<{ readonly filename: string; readonly size: number }, readonly View[]>;
    /**
     * Own complete uploads with the same name, size and path: one list for each file of the input
     * (at most 100), in its order, newest first, at most 5 each.
     */
    existing: Query<readonly FileIdentityInput[], readonly (readonly View[])[]>;
    delete: Mutation<IdInput, IdInput>;
    ticket: Mutation<
      IdInput & { readonly expiresInSeconds: number },
      { readonly ticket: string; readonly expiresAt: Date }
    >;
    watch: Subscription<{ readonly id?: string | undefined } | undefined, WatchEvent<View>>;
  };
  tokens: {
    create: Mutation<
      { readonly name: string; readonly expiresInDays?: number | undefined },
      NewTokenView
    >;
    list: Query<void, readonly TokenView[]>;
    revoke: Mutation<IdInput, IdInput>;
    /** Revokes all tokens and tickets of the user, and ends all sessions except the calling one. */
    revokeAll: Mutation<void, RevokedAllView>;
  };
  admin: {
    uploads: {
      list: Query<AdminListInput | undefined, AdminPage<View>>;
      get: Query<IdInput, AdminUploadView<View>>;
      delete: Mutation<{ readonly ids: readonly string[] }, { readonly ids: readonly string[] }>;
      sweep: Mutation<
        | { readonly keepRecord?: boolean | undefined; readonly dryRun?: boolean | undefined }
        | undefined,
        { readonly files: number; readonly records: number; readonly bytes: number }
      >;
    };
    users: {
      list: Query<void, readonly UserView[]>;
      create: Mutation<NewUserInput, UserView>;
      update: Mutation<UserUpdateInput, UserView>;
    };
    stats: Query<
      { readonly from?: Date | undefined; readonly to?: Date | undefined } | undefined,
      StatsView
    >;
  };
};

/** The error on the wire: tRPC's shape, with the code and its details in `data.upload`. */
export interface ErrorShape extends TRPCDefaultErrorShape {
  data: TRPCDefaultErrorShape["data"] & { upload: UploadErrorData };
}

/** The router of an application whose profiles have these shapes. */
export type AppRouterOf<Shapes extends ProfileShapes> = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: ErrorShape; transformer: true },
  AppRecord<Shapes>
> &
  ShapesOf<Shapes>;

/** Carries the profiles' shapes in addition to the procedures, for the compiler only: the property never exists at run time. */
export interface ShapesOf<Shapes> {
  readonly "~shapes"?: Shapes;
}

/** A profile with any metadata and data, for uploads of an unspecified profile. */
export type AnyShapes = {
  readonly [name: string]: {
    readonly metadata: UploadMetadata | undefined;
    readonly data: unknown;
  };
};

/** The router of any application of this kind. */
export type AnyAppRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: ErrorShape; transformer: true },
  // biome-ignore lint/suspicious/noExplicitAny: profiles of every metadata and data
  AppRecord<any, any>
>;
