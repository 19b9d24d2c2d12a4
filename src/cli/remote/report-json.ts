import type { FileReport, Totals, UploadReport } from "./report.ts";

/** Minimum interval between `progress` events of a file in ms. */
const PROGRESS_INTERVAL_MS = 1_000;

export type PrintJson = (event: Readonly<Record<string, unknown>>) => void;

/** Prints one JSON object per event: `left-out`, `start`, `progress`, `done`, `failed`, `paused`, `summary`. */
export function jsonReport(print: PrintJson): UploadReport {
  return {
    skipped: ({ shown, what }) => print({ event: "left-out", file: shown, what }),
    file: (shown) => jsonFileReport(shown, print),
    end: ({ resume, ...totals }: Totals) =>
      print({ event: "summary", ...totals, seconds: rounded(totals.seconds), resume }),
    close: () => undefined,
  };
}

/** Rounds to milliseconds. */
function rounded(seconds: number): number {
  return Number(seconds.toFixed(3));
}

function jsonFileReport(file: string, print: PrintJson): FileReport {
  let started = false;
  let printedAt = performance.now();
  return {
    moved(snapshot) {
      const { view, phase, hold, sent, acknowledged, size, speed, secondsLeft } = snapshot;
      if (view === null || phase === "done") return;
      const { id } = view;
      if (!started) {
        started = true;
        printedAt = performance.now();
        print({ event: "start", file, id, size, resumedFrom: snapshot.resumedFrom });
      }
      if (performance.now() - printedAt < PROGRESS_INTERVAL_MS) return;
      printedAt = performance.now();
      print({
        event: "progress",
        file,
        id,
        phase,
        hold,
        sent,
        acknowledged,
        size,
        speed: speed === null ? null : Math.round(speed),
        secondsLeft: secondsLeft === null ? null : rounded(secondsLeft),
      });
    },
    done(view, how) {
      const { id, size, checksum, checksumAlgorithm, fileUrl, completion, data } = view;
      print({
        event: "done",
        file,
        id,
        size,
        checksum,
        checksumAlgorithm,
        fileUrl,
        completion,
        data,
        ...(how === "before" ? { before: true } : { before: false, seconds: rounded(how.seconds) }),
      });
    },
    failed: ({ code, message }, id) => print({ event: "failed", file, id, code, message }),
    paused: (state) => print({ event: "paused", file, ...state }),
  };
}
