import { z } from "zod";
import { defineProfiles, profile } from "./core/profiles.ts";

/**
 * The kinds of upload that this service takes. Edit this file: every entry is checked on the
 * server and typed in every client, whose `init` accepts no other name and no other metadata.
 *
 * A profile may define:
 * - `maxBytes`: the largest file, as "50 MB", "4 GiB" or a number of bytes, or a function of who is
 *   asking (`({ principal }) => …`). Left out: `CHUNKED_UPLOAD_MAX_BYTES`.
 * - `accept`: the media types taken, such as "image/*". Judged by the file's first bytes, not by
 *   its name. Text has no such mark: there the declared type counts.
 * - `metadata`: the metadata that the client must send; any Standard Schema (zod, valibot, arktype).
 * - `checksumAlgorithm`, `checksum: "optional"`: which digest, and whether `complete` needs it.
 * - `onComplete`: what becomes of a finished file. What it returns is stored and handed to the
 *   client as `data`. It runs until it succeeds, so it may run twice: `upload.id` is the key by
 *   which a repeat is known.
 */
export const profiles = defineProfiles({
  /** What callers get who name none: any file, free metadata of strings, no result. */
  default: profile(),

  /** Pictures, optionally put into an album. */
  image: profile({
    maxBytes: "50 MB",
    accept: ["image/*"],
    metadata: z.object({ album: z.string().min(1).max(200).optional() }),
    onComplete: ({ upload, metadata }) => ({
      album: metadata.album ?? null,
      bytes: upload.offset,
    }),
  }),
});
