import { z } from "zod";
import type { UploadErrorCode } from "../core/errors.ts";
import type { CompletionState, JsonValue, UploadStatus } from "../core/upload.ts";
import { byteCount, cursor, pageLimit, text, uuid } from "./fields.ts";

/** The metadata of an upload as it travels: keys match `[A-Za-z0-9_.-]{1,64}`, 8 KiB in all. */
export type UploadMetadata = { readonly [key: string]: JsonValue };

/** An upload as callers see it. Sizes and offsets are bytes. */
export interface UploadView<Name extends string = string, Data = unknown> {
  readonly id: string;
  /** The raw door's absolute URL of this upload: chunks are PUT here. */
  readonly url: string;
  readonly filename: string;
  /** The relative path in the folder that was sent, ending with the filename; null without one. */
  readonly path: string | null;
  readonly contentType: string | null;
  readonly profile: Name;
  readonly metadata: UploadMetadata;
  /** Total bytes; null while the length is deferred. */
  readonly size: number | null;
  /** The length of every chunk but the last when chunks are sent in parallel. */
  readonly chunkSize: number;
  /** The length of the unbroken prefix held. */
  readonly offset: number;
  /** `[start, end)` pairs held: ascending, disjoint, merged. */
  readonly received: readonly (readonly [start: number, end: number])[];
  /**
   * The digest (lower-case hex) of the first `length` bytes as carried so far: proves that a file
   * is the same before it is continued. Always null in lists and in `watch`, where nobody asks.
   */
  readonly prefix: { readonly length: number; readonly checksum: string } | null;
  readonly status: UploadStatus;
  /** Where the profile's `onComplete` stands; null before completion. */
  readonly completion: CompletionState | null;
  /** The whole file's digest, lower-case hex; null until complete. */
  readonly checksum: string | null;
  readonly checksumAlgorithm: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly completedAt: Date | null;
  /** The absolute download URL; null until complete. */
  readonly fileUrl: string | null;
  /** What the profile's `onComplete` returned; null until it has. */
  readonly data: Data | null;
}

/** A page of a list, newest first unless asked otherwise; `nextCursor` is null on the last one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** What `uploads.watch` tells. `reset`: the store had lost bytes that were counted before. */
export type WatchEvent<View = UploadView> =
  | {
      readonly type: "created" | "progress" | "completed" | "delivered" | "expired" | "reset";
      readonly upload: View;
    }
  | { readonly type: "deleted"; readonly id: string };

/** `error.data.upload`: the code and the facts that go with it, as far as the code has any. */
export interface UploadErrorData {
  readonly code: UploadErrorCode;
  /** OFFSET_MISMATCH: where the next byte belongs, and where the sender put it. */
  readonly expected_offset?: number;
  readonly provided_offset?: number;
  /** INCOMPLETE: the first missing `[start, end)` ranges. */
  readonly missing?: readonly (readonly [start: number, end: number])[];
  /** INVALID_INPUT: what is wrong with the input, by field. */
  readonly issues?: InputIssues | readonly MetadataIssue[];
  readonly [detail: string]: unknown;
}

export interface InputIssues {
  readonly formErrors: readonly string[];
  readonly fieldErrors: { readonly [field: string]: readonly string[] | undefined };
}

/** REJECTED: what the profile's metadata schema found; `path` is dotted, "" for the whole. */
export interface MetadataIssue {
  readonly path: string;
  readonly message: string;
}

export const uploadStatuses = ["uploading", "complete", "expired"] as const;
const completions = ["pending", "done", "failed"] as const;

/**
 * Only a plain object is asked for here: the rules of keys, values and size are the core's, which
 * answers REJECTED. (`z.record` would drop a `__proto__` key without a word.)
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
  createdAt: z.date(),
  expiresAt: z.date(),
  completedAt: z.date().nullable(),
  fileUrl: z.string().nullable(),
  data: z.unknown(),
}) satisfies z.ZodType<UploadView, unknown>;

/** The schema of a page of `item`s. */
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

/** Shapes and limits only: whether profile, name, type and metadata are welcome is the core's to say. */
export const initSchema = z.object({
  filename: z.string().min(1).max(1_024),
  /** Of any length here: the core answers REJECTED for what no relative path may be. */
  path: z.string().nullish(),
  /** Left out or null: the length is deferred. */
  size: byteCount.nullish(),
  contentType: text(255).nullish(),
  profile: text(255).optional(),
  metadata: metadata.optional(),
  chunkSize: byteCount.min(1).optional(),
  checksumAlgorithm: text(64).optional(),
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

/** Names and paths of any kind: what `init` would refuse has no match. */
export const existingSchema = z
  .array(z.object({ filename: z.string(), size: byteCount, path: z.string().nullish() }))
  .max(100);

/** Tickets last a day at most. */
export const ticketSchema = z.object({ id: uuid, expiresInSeconds: z.int().min(1).max(86_400) });
export const ticketOutputSchema = z.object({ ticket: z.string(), expiresAt: z.date() });

/** A browser that connects anew sends the id of the last event it saw: as it likes, so any string. */
export const watchSchema = z
  .object({ id: uuid.optional(), lastEventId: z.string().max(1_024).optional() })
  .prefault({});
