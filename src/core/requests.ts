import type { LinkHeaders } from "./ports/chunk-store.ts";
import type { FreeClaim } from "./ports/claims.ts";
import type { ConfirmedPart, DirectPart, SignedPart } from "./ports/direct-store.ts";
import type { Opening } from "./ports/openings.ts";
import type { ByteRange } from "./ranges.ts";
import type { JsonValue, Upload, UploadOrigin } from "./upload.ts";

/**
 * Which way the bytes of an upload go: through the server, or directly from the client to the store.
 * `auto`: directly where that is possible.
 */
export type Transfer = "server" | "direct" | "auto";

/** What `init` asks for. Sizes are bytes. */
export interface InitRequest {
  readonly filename: string;
  /** The relative path in the folder that is sent; its last part is replaced by `filename`. */
  readonly path?: string | null | undefined;
  /** Left out or null: the length is deferred. */
  readonly size?: number | null | undefined;
  /** Of a deferred length, how much is sure to come: what does not fit the quota is refused at once. */
  readonly leastSize?: number | undefined;
  readonly contentType?: string | null | undefined;
  readonly profile?: string | undefined;
  readonly metadata?: { readonly [key: string]: JsonValue } | undefined;
  /** A hint; the `chunkSize` of the response is authoritative. */
  readonly chunkSize?: number | undefined;
  readonly checksumAlgorithm?: string | undefined;
  readonly origin?: UploadOrigin | undefined;
  /** Default: `server`. */
  readonly transfer?: Transfer | undefined;
  /** A piece of a file that a final will be put together from: only its size is judged. */
  readonly concat?: "partial" | undefined;
  /** The tus header as received, to be echoed. */
  readonly uploadMetadata?: string | null | undefined;
  /** Its first bytes come with the request: an empty upload is complete only once they were seen. */
  readonly bodyFollows?: boolean | undefined;
}

/** What a final upload asks for: what `init` does, but for the size, which is that of its parts. */
export interface ConcatenateRequest
  extends Pick<
    InitRequest,
    "filename" | "path" | "contentType" | "profile" | "metadata" | "uploadMetadata"
  > {
  /** Ids of partials in order, as sent by the client; an id may occur several times. */
  readonly parts: readonly string[];
  /** The tus header as received, to be echoed. */
  readonly uploadConcat: string;
}

/** A digest that the sender of a body claims for it. */
export interface BodyDigest {
  readonly algorithm: string;
  /** Lower-case hex. */
  readonly hex: string;
}

/** A digest that the client announces and sends after the body. */
export interface TrailingDigest {
  /** Every algorithm that it may be of: all of them are computed on the way. */
  readonly algorithms: readonly string[];
  /** Asked once, at the body's end. Throws when what came (or did not) is no digest. */
  readonly read: () => Promise<BodyDigest>;
}

/** The position of a body; `end` is null if a tus client does not send its length. */
export interface ChunkPosition {
  readonly start: number;
  /** Exclusive. May lie below `start` when the sender's headers are absurd: SIZE_MISMATCH. */
  readonly end: number | null;
  /** The total size in the request; null for "unknown" (`*`), undefined if the protocol has no total. */
  readonly total: number | null | undefined;
}

/** The bytes of a body in their order, given once. */
export interface Body extends AsyncIterable<Uint8Array> {
  /** Called with each piece once it is no longer needed: its memory may be freed. */
  readonly spent?: ((piece: Uint8Array) => void) | undefined;
}

/** The record and the claim that authentication has opened for a body (see `Openings`). */
export interface BodyOpening extends Opening {
  /** The record; null if nothing was opened, or there is no such upload. */
  readonly upload: Upload | null;
  /** Hands over the claim of exactly `range`; null if it is not held. The caller releases it. */
  take(range: ByteRange): FreeClaim | null;
  /** The record, if no writer of this process may have changed it before the range was taken. */
  current(taken: { hasOvertaken: boolean }): Upload | null;
  /** Releases what was not taken. A second call does nothing more. Does not throw. */
  end(): Promise<void>;
}

export interface AppendRequest {
  readonly id: string;
  /** Null when the sender's header was missing or malformed: BAD_CONTENT_RANGE, in its turn. */
  readonly position: ChunkPosition | null;
  /** Bytes in the body as the sender announced them; null when it did not. */
  readonly contentLength: number | null;
  readonly body: Body | null;
  readonly digests?: readonly BodyDigest[] | undefined;
  readonly trailing?: TrailingDigest | undefined;
  /** Aborts when the sender's line breaks. */
  readonly signal: AbortSignal;
  /** Only a body that starts at the offset is taken, as sequential protocols demand (drf, tus). */
  readonly sequential?: boolean | undefined;
  /** The body counts as a whole or not at all: nothing of it is committed before it has ended. */
  readonly whole?: boolean | undefined;
  /**
   * The sender names no range, only where its body begins (tus): that is judged before the body's
   * length, an empty body is welcome, and at the end of a complete upload it changes nothing.
   */
  readonly byOffset?: boolean | undefined;
  /** Complete the upload when this body brings its last byte (tus PATCH). */
  readonly completeWhenFull?: boolean | undefined;
  /** What is open already. */
  readonly opening?: BodyOpening | null | undefined;
}

/** Changes to what describes an upload; fields that are left out stay as they are. */
export interface DescribeRequest {
  readonly id: string;
  readonly filename?: string | undefined;
  readonly path?: string | undefined;
  /** Replaces the metadata as a whole. */
  readonly metadata?: { readonly [key: string]: JsonValue } | undefined;
}

/** A file of which a client asks whether it is already there. */
export interface FileIdentity {
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
  /** The relative path, as `InitRequest.path`; left out or null for a file without a folder. */
  readonly path?: string | null | undefined;
}

/** The upload, or the profile of a new one, whose rules are asked for. */
export interface RulesAsk {
  readonly id?: string | undefined;
  readonly profile?: string | undefined;
  /** What is open already of the upload. */
  readonly opening?: BodyOpening | null | undefined;
}

/** What rules an upload that the caller may reach, or else a new one. */
export interface UploadRules {
  /** Null if it does not exist or the principal may not reach it. */
  readonly upload: Upload | null;
  /** Bytes; null for no limit. */
  readonly maxBytes: number | null;
  readonly checksumAlgorithm: string;
  /** Whether `complete` needs the client's checksum. */
  readonly checksumRequired: boolean;
}

export interface CompleteRequest {
  readonly id: string;
  /** Hex digest of the whole file, any case. */
  readonly checksum?: string | undefined;
}

/** The parts of a direct upload that a client has sent, and those that it sends next. */
export interface PartsRequest {
  readonly id: string;
  readonly sign?: readonly DirectPart[] | undefined;
  readonly confirmed?: readonly ConfirmedPart[] | undefined;
}

export interface PartsReply {
  /** A request for each part of `sign` that does not count yet. */
  readonly urls: readonly SignedPart[];
  /** The counted parts, ascending: those named by the request, or all if it names none. */
  readonly received: readonly DirectPart[];
}

/** A finished file, ready to be read. */
export interface OpenedUpload {
  readonly upload: Upload & { readonly size: number; readonly checksum: string };
  readonly read: (range: ByteRange) => AsyncIterable<Uint8Array>;
  /** See `ChunkStore.link`; null where downloads are read through the server. */
  readonly link: ((headers: LinkHeaders) => Promise<string>) | null;
}

export interface SweepOptions {
  /** Remove bytes only and keep the records (the original's `--keep-record`). */
  readonly keepRecord?: boolean | undefined;
  /** Remove also the records that an earlier sweep kept. */
  readonly keptRecords?: boolean | undefined;
  /** Say what would go, and remove nothing. */
  readonly dryRun?: boolean | undefined;
  /** Search the whole store for files without a record too. */
  readonly orphans?: boolean | undefined;
  /** Asked for each upload before it goes (the CLI's `--interactive`). */
  readonly confirm?: ((upload: Upload) => Promise<boolean>) | undefined;
  /** Ends the sweep between two uploads; what is left waits for the next one. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each upload and each file of the search for orphans. */
  readonly progress?: ((seen: SweepProgress) => void) | undefined;
}

/** How far a sweep is. */
export interface SweepProgress {
  /** Expired uploads and files of the store looked at. */
  readonly looked: number;
  /** Files and bytes removed. */
  readonly files: number;
  readonly bytes: number;
}

/** Finished files that no record names. */
export interface StrayReport {
  readonly count: number;
  /** The keys of the first ones. */
  readonly examples: readonly string[];
}

export interface SweepReport {
  /** Files removed, expired and orphaned. */
  readonly files: number;
  readonly records: number;
  readonly bytes: number;
  /** Finished files that no record names: reported, never removed. */
  readonly strays: readonly string[];
}

export interface VerifyFinding {
  readonly upload: Upload;
  readonly problem: "missing" | "wrong size" | "wrong checksum" | "unreadable" | null;
}
