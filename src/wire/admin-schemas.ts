import { z } from "zod";
import type { UploadStatus } from "../core/upload.ts";
import { cursor, pageLimit, text, uuid } from "./fields.ts";
import { type Page, pageOf, type UploadView, uploadStatuses, uploadViewSchema } from "./schemas.ts";

/** An upload as shown to administrators. */
export type AdminUploadView<View = UploadView> = View & {
  /** The owner; null for anonymous uploads and deleted users. */
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly name: string | null;
  } | null;
  /** Time of the last change of the record: a commit, the completion, or the result of `onComplete`. */
  readonly lastActivityAt: Date;
  /** Unfinished and changed within the last minute, by the server's clock. */
  readonly active: boolean;
};

/** A page of uploads, and the number of all matching uploads, at most 10,000. */
export interface AdminPage<View = UploadView> extends Page<AdminUploadView<View>> {
  readonly total: number;
}

/** Statistics of the uploads created in the requested time window. */
export interface StatsView {
  readonly byStatus: { readonly [status in UploadStatus]: number };
  /** Stored bytes of unfinished and of complete uploads. */
  readonly bytes: { readonly uploading: number; readonly complete: number };
  /** Complete uploads whose `onComplete` has not succeeded. */
  readonly completions: { readonly pending: number; readonly failed: number };
  /** One row per UTC day (`YYYY-MM-DD`), ascending. Days without uploads are omitted. */
  readonly daily: readonly {
    readonly day: string;
    readonly created: number;
    readonly completed: number;
    readonly completedBytes: number;
  }[];
  /** Current number of users, including disabled ones. */
  readonly users: number;
}

export const adminListSchema = z
  .object({
    status: z.enum(uploadStatuses).optional(),
    search: text(1_024).optional(),
    userId: uuid.optional(),
    profile: text(255).optional(),
    createdAfter: z.date().optional(),
    createdBefore: z.date().optional(),
    sort: z.enum(["createdAt", "filename", "size"]).default("createdAt"),
    order: z.enum(["asc", "desc"]).default("desc"),
    cursor: cursor.optional(),
    limit: pageLimit,
  })
  .prefault({});

export const adminUploadSchema = uploadViewSchema.extend({
  user: z.object({ id: z.string(), email: z.string(), name: z.string().nullable() }).nullable(),
  lastActivityAt: z.date(),
  active: z.boolean(),
}) satisfies z.ZodType<AdminUploadView, unknown>;

export const adminPageSchema = pageOf(adminUploadSchema).extend({ total: z.number() });

/** Accepts strings that are not UUIDs: like ids of deleted uploads, they are missing from the output. */
export const adminDeleteSchema = z.object({ ids: z.array(z.string().max(64)).min(1).max(1_000) });
export const idsSchema = z.object({ ids: z.array(z.string()).readonly() });

export const sweepSchema = z
  .object({ keepRecord: z.boolean().optional(), dryRun: z.boolean().optional() })
  .prefault({});
export const sweepReportSchema = z.object({
  files: z.number(),
  records: z.number(),
  bytes: z.number(),
});

export const statsSchema = z
  .object({ from: z.date().optional(), to: z.date().optional() })
  .prefault({});

export const statsOutputSchema = z.object({
  byStatus: z.object({ uploading: z.number(), complete: z.number(), expired: z.number() }),
  bytes: z.object({ uploading: z.number(), complete: z.number() }),
  completions: z.object({ pending: z.number(), failed: z.number() }),
  daily: z
    .array(
      z.object({
        day: z.string(),
        created: z.number(),
        completed: z.number(),
        completedBytes: z.number(),
      }),
    )
    .readonly(),
  users: z.number(),
}) satisfies z.ZodType<StatsView, unknown>;
