import { crc32 } from "node:zlib";
import type { Uploads } from "../../src/core/ports/uploads.ts";
import { type ByteRange, missingRanges, totalLength } from "../../src/core/ranges.ts";
import { receivedRanges, type Upload } from "../../src/core/upload.ts";
import type { RandomFile } from "../support/random-file.ts";

/** The server broke a promise. */
export class Violation extends Error {}

/** What the checks look at. */
export interface Evidence {
  readonly fileOf: (upload: Upload) => RandomFile | undefined;
  /** Whether the store lost bytes of the upload by a fault: only then may a record forget bytes. */
  readonly hasLost: (id: string) => boolean;
  /** Why what the record counts is not in the store as it should be; null when it is. */
  readonly missing: (upload: Upload, file: RandomFile) => string | null;
  readonly quotaBytes: number | null;
  readonly ownerId: string;
  readonly report: (violation: Violation) => void;
}

/** The port, with every change of a record checked as soon as it is made. */
export function withInvariants(uploads: Uploads, evidence: Evidence): Uploads {
  const seen = new Map<string, Upload>();
  async function changed(after: Upload): Promise<void> {
    const before = seen.get(after.id) ?? null;
    seen.set(after.id, after);
    const problem = problemOf(before, after, evidence) ?? (await overQuota(uploads, evidence));
    if (problem !== null)
      evidence.report(new Violation(`${after.filename} (${after.id}): ${problem}`));
  }
  return {
    ...uploads,
    async insert(upload) {
      await uploads.insert(upload);
      await changed(upload);
    },
    async update(upload, changes, guard) {
      const after = await uploads.update(upload, changes, guard);
      if (after !== null) await changed(after);
      return after;
    },
    async updateWithOutbox(upload, changes, due) {
      const after = await uploads.updateWithOutbox(upload, changes, due);
      if (after !== null) await changed(after);
      return after;
    },
  };
}

function problemOf(before: Upload | null, after: Upload, evidence: Evidence): string | null {
  const file = evidence.fileOf(after);
  if (file === undefined) return null;
  return (
    (before && wrongStep(before, after, evidence)) ??
    wrongDigest(after, file) ??
    (after.state === "uploading" ? evidence.missing(after, file) : null)
  );
}

function wrongStep(before: Upload, after: Upload, { hasLost }: Evidence): string | null {
  if (before.state === "complete" && !["complete", "deleting"].includes(after.state))
    return `was complete and is ${after.state}`;
  if (before.completion === "done" && after.completion !== "done")
    return `was delivered and is ${after.completion}`;
  const gone = receivedRanges(before).flatMap((range) =>
    missingRanges(receivedRanges(after), range),
  );
  if (gone.length > 0 && after.state === "uploading" && !hasLost(after.id))
    return `the record forgets ${totalLength(gone)} bytes that the store has`;
  return null;
}

function wrongDigest(upload: Upload, file: RandomFile): string | null {
  const { digestState, digestOffset, offset, state, checksum } = upload;
  if (digestOffset > offset) return `the digest is at ${digestOffset}, beyond ${offset}`;
  if (digestState !== null && state === "uploading") {
    const value = Buffer.from(digestState).readUInt32LE();
    if (value !== crc32(file.slice(0, digestOffset))) return `wrong digest at ${digestOffset}`;
  }
  if (state !== "complete") return null;
  const expected = crc32(file.slice(0, file.size)).toString(16).padStart(8, "0");
  return checksum === expected && upload.size === file.size ? null : "complete with wrong bytes";
}

async function overQuota(uploads: Uploads, evidence: Evidence): Promise<string | null> {
  if (evidence.quotaBytes === null) return null;
  const used = await uploads.usage(evidence.ownerId);
  return used > evidence.quotaBytes ? `${used} bytes exceed the quota` : null;
}

/** Whether `pieces` cover exactly `held`. */
export function sameRanges(a: readonly ByteRange[], b: readonly ByteRange[]): boolean {
  return (
    JSON.stringify(a.map(({ start, end }) => [start, end])) ===
    JSON.stringify(b.map(({ start, end }) => [start, end]))
  );
}
