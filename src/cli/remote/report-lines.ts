import type { UploadSnapshot } from "../../client/snapshot.ts";
import { formatBytes, formatSeconds, percentOf, printable } from "./format.ts";
import type { FileReport, UploadReport } from "./report.ts";
import { pausedText, summaryLines, waitReason } from "./summary.ts";

/** Minimum interval between progress lines of a file in ms. */
const PROGRESS_INTERVAL_MS = 10_000;

/** `out` writes to standard output, `err` to standard error. */
export interface Lines {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/**
 * Plain lines for pipes and logs. Standard output contains only the finished files: id, checksum,
 * download URL and name, separated by tabs.
 */
export function lineReport({ out, err }: Lines): UploadReport {
  return {
    skipped: ({ shown, what }) => err(`${printable(shown)}: skipped, ${what}`),
    file: (shown) => lineFileReport(printable(shown), { out, err }),
    end(totals) {
      for (const line of summaryLines(totals)) err(line);
    },
    close: () => undefined,
  };
}

function lineFileReport(shown: string, { out, err }: Lines): FileReport {
  let printedAt = performance.now();
  let resumed = false;
  return {
    moved(snapshot) {
      if (snapshot.resumedFrom > 0 && !resumed) {
        resumed = true;
        err(`${shown}: resuming, ${heldText(snapshot)} already sent`);
      }
      if (performance.now() - printedAt < PROGRESS_INTERVAL_MS || snapshot.phase === "done") return;
      printedAt = performance.now();
      err(`${shown}: ${progressText(snapshot)}`);
    },
    done({ id, checksum, checksumAlgorithm, fileUrl }) {
      out([id, `${checksumAlgorithm}:${checksum}`, fileUrl ?? "", shown].join("\t"));
    },
    failed: ({ message }) => err(`${shown}: ${message}`),
    paused: (state) => err(`${shown}: ${pausedText(state)}`),
  };
}

function heldText({ resumedFrom, size }: UploadSnapshot): string {
  if (size === null) return formatBytes(resumedFrom);
  return `${formatBytes(resumedFrom)} of ${formatBytes(size)}`;
}

function progressText(snapshot: UploadSnapshot): string {
  const { sent, size, speed, secondsLeft } = snapshot;
  const parts = [size === null ? formatBytes(sent) : `${percentOf(sent, size)} %`];
  const held = waitReason(snapshot);
  if (held !== null) parts.push(held);
  else if (speed !== null) parts.push(`${formatBytes(speed)}/s`);
  if (held === null && secondsLeft !== null) parts.push(`${formatSeconds(secondsLeft)} left`);
  return parts.join(", ");
}
