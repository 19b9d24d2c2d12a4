import type { UploadSnapshot } from "../../client/snapshot.ts";
import { formatBytes, formatSeconds, percentOf, printable } from "./format.ts";
import type { FileReport, UploadReport } from "./report.ts";
import { sayHold, sayStand, sayTotals } from "./say.ts";

/** A log hears of moving bytes no more often than this (ms), for each file. */
const QUIET_MS = 10_000;

/** Where lines go: results to standard output, everything else to standard error. */
export interface Lines {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

/**
 * Plain lines for pipes and logs. Standard output carries the finished files alone: id, checksum,
 * download URL and name, separated by tabs.
 */
export function lineReport({ out, err }: Lines): UploadReport {
  return {
    leftOut: ({ shown, what }) => err(`${printable(shown)}: left out, it is ${what}`),
    file: (shown) => lineFileReport(printable(shown), { out, err }),
    end(totals) {
      for (const line of sayTotals(totals)) err(line);
    },
    close: () => undefined,
  };
}

function lineFileReport(shown: string, { out, err }: Lines): FileReport {
  let heardAt = performance.now();
  let resumed = false;
  return {
    moved(snapshot) {
      if (snapshot.resumedFrom > 0 && !resumed) {
        resumed = true;
        err(`${shown}: continues, ${sayHeld(snapshot)} held by the server`);
      }
      if (performance.now() - heardAt < QUIET_MS || snapshot.phase === "done") return;
      heardAt = performance.now();
      err(`${shown}: ${sayProgress(snapshot)}`);
    },
    done({ id, checksum, checksumAlgorithm, fileUrl }) {
      out([id, `${checksumAlgorithm}:${checksum}`, fileUrl ?? "", shown].join("\t"));
    },
    failed: ({ message }) => err(`${shown}: ${message}`),
    paused: (stand) => err(`${shown}: ${sayStand(stand)}`),
  };
}

function sayHeld({ resumedFrom, size }: UploadSnapshot): string {
  if (size === null) return formatBytes(resumedFrom);
  return `${formatBytes(resumedFrom)} of ${formatBytes(size)}`;
}

function sayProgress(snapshot: UploadSnapshot): string {
  const { sent, size, speed, secondsLeft } = snapshot;
  const parts = [size === null ? formatBytes(sent) : `${percentOf(sent, size)} %`];
  const held = sayHold(snapshot);
  if (held !== null) parts.push(held);
  else if (speed !== null) parts.push(`${formatBytes(speed)}/s`);
  if (held === null && secondsLeft !== null) parts.push(`${formatSeconds(secondsLeft)} left`);
  return parts.join(", ");
}
