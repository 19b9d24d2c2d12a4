import type { UploadSnapshot } from "../../client/snapshot.ts";
import { count, formatBytes, formatDuration } from "./format.ts";
import type { PausedUpload, Totals } from "./report.ts";

const waitReasons = {
  offline: "no network, waiting",
  retrying: "connection failed, retrying",
  stalled: "stalled, waiting for the network",
  "other-tab": "another process is sending this file",
  "signed-out": "token rejected",
} as const;

/** Why no bytes are sent; null while they are. */
export function waitReason({ phase, hold }: Pick<UploadSnapshot, "phase" | "hold">): string | null {
  if (hold !== null) return waitReasons[hold];
  if (phase === "waiting") return "waiting";
  if (phase === "verifying") return "verifying";
  return phase === "completing" ? "completing" : null;
}

export function pausedText({ id, kept, size, resumable }: PausedUpload): string {
  if (!resumable) return "stopped and removed; standard input cannot be resumed";
  if (id === null) return "stopped before it started";
  const total = size === null ? "" : ` of ${formatBytes(size)}`;
  return `paused, ${formatBytes(kept)}${total} kept on the server`;
}

/** The last lines: the totals of several files, and the command that resumes. */
export function summaryLines(totals: Totals): string[] {
  const { done, failed, paused, untouched, bytes, seconds, resume } = totals;
  const lines: string[] = [];
  if (done + failed + paused + untouched === 0) lines.push("No files to upload.");
  if (done + failed + paused + untouched > 1) {
    const parts = [`${count(done, "file")} uploaded`];
    if (done > 0) parts[0] += ` (${formatBytes(bytes)} in ${formatDuration(seconds)})`;
    if (failed > 0) parts.push(`${failed} failed`);
    if (paused > 0) parts.push(`${paused} paused`);
    if (untouched > 0) parts.push(`${untouched} not started`);
    lines.push(`${parts.join(", ")}.`);
  }
  if (resume !== null) lines.push("To resume:", `  ${resume}`);
  return lines;
}
