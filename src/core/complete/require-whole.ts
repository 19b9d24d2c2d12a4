import { UploadError } from "../errors.ts";
import { highestHeld, missingRanges } from "../ranges.ts";
import { receivedRanges, type Upload } from "../upload.ts";

/** So many missing ranges are named in an INCOMPLETE error, at most. */
const MISSING_NAMED = 100;

/** INCOMPLETE unless every byte is held. A deferred size is what is there, if nothing is scattered. */
export function requireWhole(upload: Upload): void {
  const size = upload.size ?? highestHeld(receivedRanges(upload));
  const missing = missingRanges(receivedRanges(upload), { start: 0, end: size });
  if (missing.length === 0) return;
  throw new UploadError("INCOMPLETE", {
    details: { missing: missing.slice(0, MISSING_NAMED).map(({ start, end }) => [start, end]) },
  });
}
