import type { ByteRange } from "../ranges.ts";
import type { Upload } from "../upload.ts";
import type { FreeClaim } from "./claims.ts";
import type { Session } from "./sessions.ts";
import type { ApiToken } from "./tokens.ts";
import type { User } from "./users.ts";

/** What a request that brings a body needs besides its sender. */
export interface OpeningAsk {
  /** A UUID, lower case. */
  readonly uploadId: string;
  /** The range that the body is for, and the length of the lease in ms; null: nothing is claimed. */
  readonly claim: { readonly range: ByteRange; readonly leaseMs: number } | null;
}

/** What was found and claimed. */
export interface Opened {
  /** The record after the claim; null if it does not exist. */
  readonly upload: Upload | null;
  /** Null if nothing was claimed. */
  readonly claim: Omit<FreeClaim, "upload"> | null;
}

/** An ask that receives what was opened, at most once. */
export interface Opening extends OpeningAsk {
  readonly opened: (opened: Opened) => void;
}

/**
 * Reads a sender's credential and the record of an upload, and claims a range of it, in one statement.
 * The range is claimed only if the credential is valid, its user owns the upload, the upload takes
 * bytes there by its record, and no other claim on the range is alive. Null: no such credential.
 */
export interface Openings {
  /** As `Tokens.findByHash`. */
  byToken(
    hash: string,
    ask: OpeningAsk,
  ): Promise<{ token: ApiToken; user: User; opened: Opened } | null>;
  /** As `Sessions.find`. */
  bySession(
    session: { id: string; tokenVersion: number },
    ask: OpeningAsk,
  ): Promise<{ session: Session; user: User; opened: Opened } | null>;
}
