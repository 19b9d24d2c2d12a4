import type { JsonValue } from "../upload.ts";
import type { NewlyPlaced, Placed, Remember, StoredUpload } from "./chunk-store.ts";

/** A part of a direct upload. Parts are numbered from 1; all but the last have the upload's chunk size. */
export interface DirectPart {
  readonly number: number;
  /** Bytes. */
  readonly size: number;
  /** Of the part's bytes, lower-case hex. */
  readonly checksum: string;
}

/** A request by which a client sends one part to the store: PUT, with exactly these headers. */
export interface SignedPart {
  readonly number: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

/** A part that a client has sent, as the store acknowledged it. */
export interface ConfirmedPart {
  readonly number: number;
  /** As in the store's response. */
  readonly etag: string;
}

/** What the store has of an upload. */
export interface ArrivedParts {
  /** Parts that the store has with the signed checksum. */
  readonly parts: readonly DirectPart[];
  /**
   * Adds them to the newest state. Throws UNAVAILABLE when they do not belong to it any longer: the store
   * lost bytes, or a request with another checksum was signed for one of the parts in the meantime.
   */
  readonly merge: (state: JsonValue) => JsonValue;
}

/**
 * The part of a store that takes bytes from clients without the server in between. It verifies the
 * checksum of each part and that of the whole file.
 */
export interface DirectStore {
  /** The algorithm of all checksums of direct uploads, by its name in `digests`. */
  readonly checksumAlgorithm: string;
  /** The length of such a checksum in hex. */
  readonly checksumDigits: number;
  /** As `ChunkStore.place`. `chunkBytes` is the size of all parts but the last. */
  place(upload: NewlyPlaced & { readonly size: number }): Placed & { readonly chunkBytes: number };
  /** Signs requests and has the record remember their checksums. A checksum is bound to its request. */
  sign(
    upload: StoredUpload,
    ask: { parts: readonly DirectPart[]; remember: Remember },
  ): Promise<readonly SignedPart[]>;
  /**
   * Asks the store which of the signed parts it has: of `confirmed`, or of all for null. Parts that
   * the record counts already are left out.
   */
  arrived(upload: StoredUpload, confirmed: readonly ConfirmedPart[] | null): Promise<ArrivedParts>;
  /** The parts that the record counts, ascending. No I/O. */
  counted(upload: StoredUpload): readonly DirectPart[];
  /** The checksum of the gapless prefix of the parts that count, lower-case hex. No I/O. */
  prefixChecksum(upload: StoredUpload): string;
}
