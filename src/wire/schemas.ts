import { z } from "zod";
import type { UploadErrorCode } from "../core/errors.ts";
import type { CompletionState, JsonValue, UploadStatus } from "../core/upload.ts";
import { byteCount, cursor, pageLimit, text, uuid } from "./fields.ts";

/** The metadata of an upload. Keys match `[A-Za-z0-9_.-]{1,64}`; at most 8 KiB in total. */
export type UploadMetadata = { readonly [key: string]: JsonValue };

/** An upload as shown to clients. Sizes and offsets are bytes. */
export interface UploadView<Name extends string = string, Data = unknown> {
  readonly id: string;
  /** Absolute URL of this upload at the raw door. Send chunks to it with PUT. */
  readonly url: string;
  readonly filename: string;
  /** Path of the file relative to the uploaded folder, including the filename; null without a folder. */
  readonly path: string | null;
  readonly contentType: string | null;
  readonly profile: Name;
  readonly metadata: UploadMetadata;
  /** Total bytes; null while the length is deferred. */
  readonly size: number | null;
  /** Length of each chunk except the last, when chunks are sent in parallel. */
  readonly chunkSize: number;
  /** Length of the gapless prefix that the server holds. */
  readonly offset: number;
  /** Ranges that the server holds as `[start, end)` pairs: ascending, disjoint, merged. */
  readonly received: readonly (readonly [start: number, end: number])[];
  /**
   * The digest (lower-case hex) of the first `length` bytes. With it a client can verify that its file
   * is the same before it resumes. Always null in lists and in `watch`.
   */
  readonly prefix: { readonly length: number; readonly checksum: string } | null;
  readonly status: UploadStatus;
  /** State of the profile's `onComplete` hook; null until the upload is complete. */
  readonly completion: CompletionState | null;
  /** The whole file's digest, lower-case hex; null until complete. */
  readonly checksum: string | null;
  readonly checksumAlgorithm: string;
  /** Which way the bytes go: through the server, or directly to the store (see `uploads.parts`). */
  readonly transfer: "server" | "direct";
  /** What compared the bytes with `checksum`: the server, or for a direct upload the store. Null until complete. */
  readonly verifiedBy: "server" | "store" | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly completedAt: Date | null;
  /** The absolute download URL; null until complete. */
  readonly fileUrl: string | null;
  /** Result of the profile's `onComplete` hook; null until it has returned. */
  readonly data: Data | null;
}

/** A page of a list, by default newest first. `nextCursor` is null on the last page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** An event of `uploads.watch`. `reset`: the store lost bytes, and the offset was lowered. */
export type WatchEvent<View = UploadView> =
  | {
      readonly type: "created" | "progress" | "completed" | "delivered" | "expired" | "reset";
      readonly upload: View;
    }
  | { readonly type: "deleted"; readonly id: string };

/** `error.data.upload`: the error code and its details. */
export interface UploadErrorData {
  readonly code: UploadErrorCode;
  /** OFFSET_MISMATCH: the current offset, and the start of the rejected chunk. */
  readonly expected_offset?: number;
  readonly provided_offset?: number;
  /** INCOMPLETE: the first missing `[start, end)` ranges. */
  readonly missing?: readonly (readonly [start: number, end: number])[];
  /** INVALID_INPUT: the invalid fields. REJECTED: the issues of the metadata. */
  readonly issues?: InputIssues | readonly MetadataIssue[];
  readonly [detail: string]: unknown;
}

export interface InputIssues {
  readonly formErrors: readonly string[];
  readonly fieldErrors: { readonly [field: string]: readonly string[] | undefined };
}

/** REJECTED: an issue from the profile's metadata schema. `path` is dotted; "" means the whole object. */
export interface MetadataIssue {
  readonly path: string;
  readonly message: string;
}

export const uploadStatuses = ["uploading", "complete", "expired"] as const;
const completions = ["pending", "done", "failed"] as const;

/**
 * Accepts any object. The core checks keys, values and size and throws REJECTED. (`z.record` would
 * silently drop a `__proto__` key.)
 */
const metadata = z.custom<UploadMetadata>(isPlainObject, "must be an object");

function isPlainObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const status = z.enum(uploadStatuses);

export const uploadViewSchema = z.object({
  id: z.string(),
  url: z.string(),
  filename: z.string(),
  path: z.string().nullable(),
  contentType: z.string().nullable(),
  profile: z.string(),
  metadata,
  size: z.number().nullable(),
  chunkSize: z.number(),
  offset: z.number(),
  received: z.array(z.tuple([z.number(), z.number()]).readonly()).readonly(),
  prefix: z.object({ length: z.number(), checksum: z.string() }).nullable(),
  status,
  completion: z.enum(completions).nullable(),
  checksum: z.string().nullable(),
  checksumAlgorithm: z.string(),
  transfer: z.enum(["server", "direct"]),
  verifiedBy: z.enum(["server", "store"]).nullable(),
  createdAt: z.date(),
  expiresAt: z.date(),
  completedAt: z.date().nullable(),
  fileUrl: z.string().nullable(),
  data: z.unknown(),
}) satisfies z.ZodType<UploadView, unknown>;

/** Creates the schema of a page of items. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item).readonly(), nextCursor: z.string().nullable() });

export const watchEventSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.enum(["created", "progress", "completed", "delivered", "expired", "reset"]),
    upload: uploadViewSchema,
  }),
  z.object({ type: z.literal("deleted"), id: z.string() }),
]) satisfies z.ZodType<WatchEvent, unknown>;

export const idSchema = z.object({ id: uuid });
export const idOutputSchema = z.object({ id: z.string() });

/** Checks types and lengths only. The core checks whether profile, name, type and metadata are accepted. */
export const initSchema = z.object({
  filename: z.string().min(1).max(1_024),
  /** No length limit: the core throws REJECTED for an invalid path. */
  path: z.string().nullish(),
  /** Omitted or null: the length is deferred. */
  size: byteCount.nullish(),
  contentType: text(255).nullish(),
  profile: text(255).optional(),
  metadata: metadata.optional(),
  chunkSize: byteCount.min(1).optional(),
  checksumAlgorithm: text(64).optional(),
  transfer: z.enum(["server", "direct", "auto"]).optional(),
});

/** The largest number of parts that one call signs or confirms. */
const MAX_PARTS = 1_000;
const partNumber = z.int().min(1).max(1_000_000);
const part = z.object({ number: partNumber, size: byteCount.min(1), checksum: text(64) });

/** Checks types and lengths only. The core checks whether the upload has these parts. */
export const partsSchema = z.object({
  id: uuid,
  sign: z.array(part).max(MAX_PARTS).readonly().optional(),
  confirmed: z
    .array(z.object({ number: partNumber, etag: text(256) }))
    .max(MAX_PARTS)
    .readonly()
    .optional(),
});

export const partsOutputSchema = z.object({
  urls: z
    .array(
      z.object({
        number: z.number(),
        url: z.string(),
        headers: z.record(z.string(), z.string()),
        expiresAt: z.date(),
      }),
    )
    .readonly(),
  received: z
    .array(z.object({ number: z.number(), size: z.number(), checksum: z.string() }))
    .readonly(),
});

export const completeSchema = z.object({ id: uuid, checksum: z.string().max(256).optional() });

export const listSchema = z
  .object({
    status: status.optional(),
    search: text(1_024).optional(),
    cursor: cursor.optional(),
    limit: pageLimit,
  })
  .prefault({});

export const resumableSchema = z.object({ filename: text(1_024).min(1), size: byteCount });

/** Accepts any name and path: those that `init` rejects have no match. */
export const existingSchema = z
  .array(z.object({ filename: z.string(), size: byteCount, path: z.string().nullish() }))
  .max(100);

/** A ticket is valid for at most one day. */
export const ticketSchema = z.object({ id: uuid, expiresInSeconds: z.int().min(1).max(86_400) });
export const ticketOutputSchema = z.object({ ticket: z.string(), expiresAt: z.date() });

/** When a browser reconnects, it sends the id of the last event that it received. */
export const watchSchema = z
  .object({ id: uuid.optional(), lastEventId: z.string().max(1_024).optional() })
  .prefault({});
