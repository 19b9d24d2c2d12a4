import type { UploadSnapshot } from "../../client/snapshot.ts";
import { count, formatBytes, formatDuration } from "./format.ts";
import type { Stand, Totals } from "./report.ts";

const holds = {
  offline: "no network, waiting",
  retrying: "connection failed, retrying",
  stalled: "stalled, waiting for the network",
  "other-tab": "another process is sending this file",
  "signed-out": "token refused",
} as const;

/** Why nothing moves; null while something does. */
export function sayHold({ phase, hold }: Pick<UploadSnapshot, "phase" | "hold">): string | null {
  if (hold !== null) return holds[hold];
  if (phase === "waiting") return "waiting";
  if (phase === "proving") return "comparing";
  return phase === "completing" ? "verifying" : null;
}

export function sayStand({ id, kept, size, resumable }: Stand): string {
  if (!resumable) return "stopped; a stream cannot be continued, what was sent is removed";
  if (id === null) return "stopped before it began";
  const whole = size === null ? "" : ` of ${formatBytes(size)}`;
  return `paused, ${formatBytes(kept)}${whole} are kept on the server`;
}

/** The last lines: how it went (where that is not plain already) and how it goes on. */
export function sayTotals(totals: Totals): string[] {
  const { done, failed, paused, untouched, bytes, seconds, resume } = totals;
  const lines: string[] = [];
  if (done + failed + paused + untouched === 0) lines.push("There is no file to upload.");
  if (done + failed + paused + untouched > 1) {
    const parts = [`${count(done, "file")} uploaded`];
    if (done > 0) parts[0] += ` (${formatBytes(bytes)} in ${formatDuration(seconds)})`;
    if (failed > 0) parts.push(`${failed} failed`);
    if (paused > 0) parts.push(`${paused} paused`);
    if (untouched > 0) parts.push(`${untouched} not begun`);
    lines.push(`${parts.join(", ")}.`);
  }
  if (resume !== null) lines.push("To continue:", `  ${resume}`);
  return lines;
}
