import type { AppendHeaders } from "./append/plan-append.ts";
import type { UploadError } from "./errors.ts";
import type { UploadEvent } from "./ports/events.ts";
import type { UploadFilter, UploadPage, UploadQuery, UploadStats } from "./ports/uploads.ts";
import type { Principal } from "./principal.ts";
import type {
  AppendRequest,
  BodyOpening,
  ChunkPosition,
  CompleteRequest,
  ConcatenateRequest,
  DescribeRequest,
  FileIdentity,
  InitRequest,
  OpenedUpload,
  PartsReply,
  PartsRequest,
  RulesAsk,
  StrayReport,
  SweepOptions,
  SweepReport,
  UploadRules,
  VerifyFinding,
} from "./requests.ts";
import type { Upload, UploadStatus } from "./upload.ts";

/** The use cases that doors call for a principal. Every method throws only `UploadError`s. */
export interface UploadService {
  /** Begins an upload. REJECTED (profile, metadata, name), TOO_LARGE, QUOTA_EXCEEDED, INVALID_INPUT. */
  init(principal: Principal, request: InitRequest): Promise<Upload>;
  /**
   * Begins a final upload of complete partials (tus concatenation) and waits for it up to 10 s. As
   * `init`, and NOT_FOUND, EXPIRED or INCOMPLETE for a part. A repeated call returns the same final.
   */
  concatenate(principal: Principal, request: ConcatenateRequest): Promise<Upload>;
  /** As `status`, for a client that resumes: throws EXPIRED, and completes an upload that has all bytes. */
  resume(principal: Principal, id: string): Promise<Upload>;
  /** The upload, expired or not. NOT_FOUND for unknown ids and for other people's. */
  status(principal: Principal, id: string): Promise<Upload>;
  /**
   * The rules for the upload `id`, or for a new upload of `profile`, which a door needs to check requests in
   * the order of its protocol. Checks no permission: an upload that the client may not access is
   * treated as missing.
   */
  rules(principal: Principal, ask: RulesAsk): Promise<UploadRules>;
  /**
   * What authentication can open for a body; null where that saves nothing. `position`: as its headers
   * state it; null if they do not. The caller ends it.
   */
  opening(ask: { id: string; position: ChunkPosition | null }): BodyOpening | null;
  /** Why `append` would refuse a body to `upload` by its headers; null when it would read it. */
  checkAppend(upload: Upload, asked: AppendHeaders): UploadError | null;
  /** The digest of the unbroken prefix as carried so far; null while nothing is held. */
  prefix(upload: Upload): Promise<{ length: number; checksum: string } | null>;
  /** Takes a body in. The checks and their order are those of the raw door in the wire contract. */
  append(principal: Principal, request: AppendRequest): Promise<Upload>;
  /** Names or describes an unfinished upload anew. REJECTED as by `init`; EXPIRED, ALREADY_COMPLETE. */
  describe(principal: Principal, request: DescribeRequest): Promise<Upload>;
  /** Signs and counts parts of a direct upload (see `exchangeParts`). */
  parts(principal: Principal, request: PartsRequest): Promise<PartsReply>;
  complete(principal: Principal, request: CompleteRequest): Promise<Upload>;
  /** Ends an unfinished upload or removes a finished file. */
  remove(principal: Principal, id: string): Promise<void>;
  /** NOT_COMPLETE while unfinished. */
  open(principal: Principal, id: string): Promise<OpenedUpload>;
  /** Own uploads (all, where uploads are not restricted to their users). UNAUTHENTICATED for tickets and anonymous clients. */
  list(principal: Principal, query: ListQuery): Promise<UploadPage>;
  resumable(principal: Principal, ask: { filename: string; size: number }): Promise<Upload[]>;
  /**
   * The caller's own complete uploads with the same name, size and path as each of `files`: one list
   * a file, in the order of `files`, newest first, at most 5 each. A file whose name or path `init`
   * would refuse has none.
   */
  existing(principal: Principal, files: readonly FileIdentity[]): Promise<Upload[][]>;
  /** Events of one's own uploads (or of one of them) until `signal` aborts. */
  watch(
    principal: Principal,
    ask: { id?: string | undefined; signal: AbortSignal },
  ): AsyncIterable<UploadEvent>;
  /** What `onComplete` returned, decoded; null when it has not. */
  result(upload: Upload): unknown;
}

export type ListQuery = Pick<UploadQuery, "limit" | "cursor" | "search" | "status">;

/** The use cases of operators. The caller has checked that the principal is an operator. */
export interface UploadAdministration {
  list(query: Omit<UploadQuery, "now">): Promise<UploadPage & { total: number }>;
  /** Throws NOT_FOUND if it does not exist. */
  get(id: string): Promise<Upload>;
  /** The ids that were there and are gone now. Throws the first failure, after all were tried. */
  remove(ids: readonly string[]): Promise<string[]>;
  sweep(options: SweepOptions): Promise<SweepReport>;
  /** Reads finished files again and compares them with their records. */
  verify(ask?: { id?: string | undefined }): AsyncIterable<VerifyFinding>;
  stats(window: { from?: Date | undefined; to?: Date | undefined }): Promise<UploadStats>;
}

/** What the process does by itself. */
export interface UploadHousekeeping {
  /** Finishes what a crash cut short: deletes and renames. Called at start, before anything is delivered. */
  recover(): Promise<void>;
  /** Begins to deliver what the outbox owes now; waits for no `onComplete`. */
  deliverDue(): Promise<void>;
  /**
   * Starts to complete uploads that need no more bytes, a few at a time (see `CompletionWorker`).
   * Resolves when the last one has started, or when `signal` aborts.
   */
  completeReady(signal: AbortSignal): Promise<void>;
  /** Searches the whole store for finished files without a record. Ends early when `signal` aborts. */
  strays(signal: AbortSignal): Promise<StrayReport>;
  /** Refuses new bodies with UNAVAILABLE, lets running ones end until `deadlineMs`, then keeps their prefixes. */
  drain(deadlineMs: number): Promise<void>;
  /** Throws UNAVAILABLE or STORAGE_FULL unless the store can be written. */
  probe(): Promise<void>;
}

export interface UploadCore {
  readonly service: UploadService;
  readonly administration: UploadAdministration;
  readonly housekeeping: UploadHousekeeping;
}

export type { UploadFilter, UploadStatus };
