import type { Credential } from "../principal.ts";
import type { ByteRange } from "../ranges.ts";
import type { Upload, UploadStatus } from "../upload.ts";

/** The fields that a change may set; `version` and `updatedAt` are the repository's own. */
export type UploadChanges = Partial<
  Omit<Upload, "id" | "ownerId" | "origin" | "profile" | "version" | "createdAt" | "updatedAt">
>;

/**
 * What must hold for a change to be made: a claim whose row exists and whose range no newer claim
 * overlaps, and a valid credential. Left out where one process remembers the records, since the process
 * itself has then awaited the older writer and checked the credential.
 */
export interface ClaimGuard {
  /** Null where one process writes: it needs no claim. Only for repositories that are `guardsInOne`. */
  readonly epoch: number | null;
  readonly range: ByteRange;
  /** Must still be valid. Only for repositories that are `guardsInOne`. */
  readonly credential?: Credential | undefined;
  /** The claim is given up with the change. Only for repositories that are `guardsInOne`. */
  readonly isLast?: boolean | undefined;
}

export type UploadSort = "createdAt" | "filename" | "size";

/** Partials of a tus concatenation are no uploads of their own: no filter lets them through. */
export interface UploadFilter {
  /** Only this user's uploads; undefined for everybody's. Ownerless uploads match only undefined. */
  ownerId?: string | undefined;
  /** When false, ownerless uploads are left out (lists of users never show them). */
  includeOwnerless?: boolean | undefined;
  status?: UploadStatus | undefined;
  /** Case-insensitive part of the relative path, or of the filename where there is no path. */
  search?: string | undefined;
  /**
   * `search` also matches a part of the owner's e-mail address, the beginning of the upload's id
   * (8 characters or more) and the owner's whole id.
   */
  searchOwners?: boolean | undefined;
  profile?: string | undefined;
  createdAfter?: Date | undefined;
  createdBefore?: Date | undefined;
}

export interface UploadQuery extends UploadFilter {
  sort: UploadSort;
  order: "asc" | "desc";
  limit: number;
  /** `nextCursor` of the previous page. Throws INVALID_INPUT if it is not a valid cursor. */
  cursor?: string | undefined;
  /** What "now" means for `status`. */
  now: Date;
}

export interface UploadPage {
  items: Upload[];
  nextCursor: string | null;
}

export interface UploadStats {
  /** Uploads by what a caller would see, created within the window; no partials. */
  byStatus: Record<UploadStatus, number>;
  /** Bytes held in unfinished uploads (partials too), and in complete ones. */
  bytes: { uploading: number; complete: number };
  /** Complete uploads whose `onComplete` has not succeeded. */
  completions: { pending: number; failed: number };
  /** One row a UTC day (`YYYY-MM-DD`), ascending, days without uploads left out. */
  daily: { day: string; created: number; completed: number; completedBytes: number }[];
}

/** What two uploads of the same file have in common, as records hold it. */
export type StoredIdentity = Pick<Upload, "filename" | "path"> & { readonly size: number };

/** The records of uploads. Every method may throw UNAVAILABLE when the database is away. */
export interface Uploads {
  /** Whether `update` checks a guard's credential and releases its claim in the same statement. */
  readonly guardsInOne?: boolean | undefined;
  insert(upload: Upload): Promise<void>;
  /** The upload, or null. Any string may be asked for. Records in state `deleting` are returned too. */
  find(id: string): Promise<Upload | null>;
  /**
   * Compare and swap: applies `changes` if the record still has `upload.version` (and the guard's
   * claim is valid), in one statement. Returns the new record, or null if something changed first.
   */
  update(upload: Upload, changes: UploadChanges, guard?: ClaimGuard): Promise<Upload | null>;
  /** As `update`, and writes an outbox entry for the upload in the same statement. */
  updateWithOutbox(upload: Upload, changes: UploadChanges, due: Date): Promise<Upload | null>;
  /** Removes the record with its claims and outbox entries; removing nothing is no error. */
  remove(id: string): Promise<void>;
  /**
   * One page. A query that no index serves examines a bounded number of uploads: the page may then be
   * short, or empty, although `nextCursor` is not null.
   */
  list(query: UploadQuery): Promise<UploadPage>;
  /**
   * How many match, counted no further than `cap`. A search that no index serves (a term below three
   * characters) may count the newest of the filtered uploads only.
   */
  count(filter: UploadFilter & { now: Date }, cap: number): Promise<number>;
  /**
   * The user's unfinished, unexpired uploads with exactly this name and size, newest first, at most 20.
   * Partials and finals of tus are left out, because a file cannot continue them.
   */
  resumable(ask: { ownerId: string; filename: string; size: number; now: Date }): Promise<Upload[]>;
  /**
   * The user's complete uploads with the name, size and path of each of `files`: one list a file, in
   * the order of `files`, newest first, at most 5 each. At most 100 files.
   */
  existing(ownerId: string, files: readonly StoredIdentity[]): Promise<Upload[][]>;
  /** Which of `ids` (at most 500) have a record, in one query. */
  known(ids: readonly string[]): Promise<Set<string>>;
  /**
   * Bytes that count against a user's quota: declared sizes (or bytes held while deferred), nothing
   * swept, and nothing merged: that counts as part of its final.
   */
  usage(ownerId: string): Promise<number>;
  /**
   * Unfinished uploads (merged partials too) expired before `now` in order of id, after `afterId`;
   * with `swept` also those of which an earlier sweep kept the record.
   */
  expired(
    now: Date,
    page: { afterId?: string | undefined; limit: number; swept?: boolean | undefined },
  ): Promise<Upload[]>;
  /** What a crash may have cut short: state `deleting`, or complete but not yet `finished`; by id, after `afterId`. */
  unsettled(page: { afterId?: string | undefined; limit: number }): Promise<Upload[]>;
  /**
   * Unfinished uploads that need no more bytes: those created by tus that hold every byte of their
   * declared size (no partials), and finals; by id, after `afterId`.
   */
  readyToComplete(page: { afterId?: string | undefined; limit: number }): Promise<Upload[]>;
  /** Complete uploads by id, after `afterId`. */
  completed(page: { afterId?: string | undefined; limit: number }): Promise<Upload[]>;
  /** The window is half-open, and widened to whole UTC days. */
  stats(window: {
    from?: Date | undefined;
    to?: Date | undefined;
    now: Date;
  }): Promise<UploadStats>;
}
