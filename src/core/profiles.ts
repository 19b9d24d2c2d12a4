import { UploadError } from "./errors.ts";
import type { Principal } from "./principal.ts";
import { parseByteSize } from "./quantities.ts";
import type { ByteRange } from "./ranges.ts";
import type { SchemaInput, SchemaOutput, StandardSchema } from "./standard-schema.ts";
import type { Upload } from "./upload.ts";

/** Bytes as a number, or as "4 MB" / "4 MiB"; null for no limit. */
export type ByteLimit = number | string | null;

// biome-ignore lint/suspicious/noExplicitAny: the widest schema; `unknown` would refuse narrower ones
export type AnySchema = StandardSchema<any, any>;

/** What `onComplete` is given. `upload.id` is the idempotency key: delivery is at least once. */
export interface CompletionContext<Metadata> {
  readonly upload: Upload;
  readonly metadata: Metadata;
  /** The owner as the record names it; null for anonymous uploads and removed users. */
  readonly principal: { readonly id: string; readonly email: string } | null;
  /** Reads the finished file, or a range of it (bytes, `end` exclusive). */
  readonly open: (range?: ByteRange) => AsyncIterable<Uint8Array>;
}

/**
 * One kind of upload: what it may hold, what is said of it, and what becomes of it. The TypeScript
 * form of subclassing drf-chunked-upload's view and model.
 */
export interface ProfileOptions<Schema extends AnySchema, Result> {
  /** Overrides `CHUNKED_UPLOAD_MAX_BYTES`, for everybody or by who is asking. */
  maxBytes?: ByteLimit | ((ask: { principal: Principal }) => ByteLimit | Promise<ByteLimit>);
  /**
   * Media types taken, such as "image/*" or "application/pdf": judged by magic bytes when byte 0
   * arrives. Text has no magic bytes: for it the declared type counts, if the bytes look like text.
   */
  accept?: readonly string[];
  /** The shape of the metadata; any Standard Schema (zod, valibot, arktype …). */
  metadata?: Schema;
  /** Overrides `CHUNKED_UPLOAD_CHECKSUM` for this profile. */
  checksumAlgorithm?: string;
  /** "required" (default): `complete` needs the client's checksum. "optional": the server's own is enough. */
  checksum?: "required" | "optional";
  /**
   * Runs after completion, until it succeeds; what it returns is stored and handed to the client.
   * A hook that hangs is not ended: set a time limit for everything it waits for.
   */
  onComplete?: (context: CompletionContext<SchemaOutput<Schema>>) => Result | Promise<Result>;
}

/** `result` exists for types only: it carries what `onComplete` returns to the typed client. */
export interface Profile<Schema extends AnySchema = AnySchema, Result = unknown>
  extends ProfileOptions<Schema, Result> {
  readonly result?: Result;
}

export type FreeMetadata = StandardSchema<
  Record<string, string> | undefined,
  Record<string, string>
>;

/**
 * `Profile<Schema, Result>`, whose types come from the options alone and not from the place that the
 * profile is put into. (`NoInfer` would stay around the types, and a union in it cannot be taken apart.)
 */
type Declared<Schema extends AnySchema, Result> = [Schema, Result] extends [
  infer S extends AnySchema,
  infer R,
]
  ? Profile<S, R>
  : never;

/** Declares a profile. Without options: any file, free metadata of strings, no result. */
export function profile<Schema extends AnySchema = FreeMetadata, Result = null>(
  options: ProfileOptions<Schema, Result> = {},
): Declared<Schema, Result> {
  if (typeof options.maxBytes !== "function") readByteLimit(options.maxBytes ?? null);
  const declared: Profile<Schema, Result> = options;
  return declared as Declared<Schema, Result> & Profile<Schema, Result>;
}

// biome-ignore lint/suspicious/noExplicitAny: profiles of every metadata and result
export type Profiles = { readonly [name: string]: Profile<any, any> };

/** Collects the profiles of an application; `default` is the one that callers get who name none. */
export function defineProfiles<P extends Profiles & { default: Profile<AnySchema, unknown> }>(
  profiles: P,
): P {
  return profiles;
}

export type ProfileName<P extends Profiles> = keyof P & string;
export type ProfileMetadata<P extends Profiles, Name extends ProfileName<P>> =
  P[Name] extends Profile<infer Schema, unknown> ? SchemaInput<Schema> : never;
/** What `onComplete` of the profile resolves to; null for a profile without one. */
export type ProfileResult<P extends Profiles, Name extends ProfileName<P>> =
  P[Name] extends Profile<AnySchema, infer Result> ? Awaited<Result> : never;

/** The profile of requests that name none. */
export const DEFAULT_PROFILE = "default";

/** The profile called `name`. Throws REJECTED if it does not exist. */
export function findProfile(profiles: Profiles, name: string): Profile {
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (found !== undefined) return found;
  throw new UploadError("REJECTED", {
    message: `There is no profile "${name}".`,
    details: { field: "profile", profiles: Object.keys(profiles) },
  });
}

/** The profile of an existing upload; `default` if its profile was removed. */
export function profileOf(profiles: Profiles, name: string): Profile {
  return (Object.hasOwn(profiles, name) ? profiles[name] : profiles.default) ?? {};
}

/** The profile's limit for `principal` in bytes, else `fallback`; null for none. */
export async function resolveMaxBytes(
  found: Profile,
  principal: Principal,
  fallback: number | null,
): Promise<number | null> {
  if (found.maxBytes === undefined) return fallback;
  const limit =
    typeof found.maxBytes === "function" ? await found.maxBytes({ principal }) : found.maxBytes;
  return readByteLimit(limit);
}

/** The largest limit of all profiles for `principal`; null if a profile has no limit. */
export async function largestMaxBytes(
  profiles: Profiles,
  principal: Principal,
  fallback: number | null,
): Promise<number | null> {
  const limits = await Promise.all(
    Object.values(profiles).map((found) => resolveMaxBytes(found, principal, fallback)),
  );
  let most = 0;
  for (const limit of limits) {
    if (limit === null) return null;
    most = Math.max(most, limit);
  }
  return most;
}

/** The limit of an upload without a profile, if it is the same for all principals; null otherwise. */
export function defaultMaxBytes(profiles: Profiles, fallback: number | null): number | null {
  const { maxBytes } = profileOf(profiles, "default");
  if (maxBytes === undefined) return fallback;
  return typeof maxBytes === "function" ? null : readByteLimit(maxBytes);
}

function readByteLimit(limit: ByteLimit): number | null {
  if (limit === null) return null;
  const bytes = parseByteSize(limit);
  if (bytes === null) throw new RangeError(`A profile's maxBytes is not a size in bytes: ${limit}`);
  return bytes;
}
