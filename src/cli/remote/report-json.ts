import type { FileReport, Totals, UploadReport } from "./report.ts";

/** A script hears of moving bytes no more often than this (ms), for each file. */
const QUIET_MS = 1_000;

export type PrintJson = (event: Readonly<Record<string, unknown>>) => void;

/** JSON, an object a line: `left-out`, `start`, `progress`, `done`, `failed`, `paused`, and a `summary` at last. */
export function jsonReport(print: PrintJson): UploadReport {
  return {
    leftOut: ({ shown, what }) => print({ event: "left-out", file: shown, what }),
    file: (shown) => jsonFileReport(shown, print),
    end: ({ resume, ...totals }: Totals) =>
      print({ event: "summary", ...totals, seconds: rounded(totals.seconds), resume }),
    close: () => undefined,
  };
}

/** Milliseconds are exact enough. */
function rounded(seconds: number): number {
  return Number(seconds.toFixed(3));
}

function jsonFileReport(file: string, print: PrintJson): FileReport {
  let started = false;
  let heardAt = performance.now();
  return {
    moved(snapshot) {
      const { view, phase, hold, sent, acknowledged, size, speed, secondsLeft } = snapshot;
      if (view === null || phase === "done") return;
      const { id } = view;
      if (!started) {
        started = true;
        heardAt = performance.now();
        print({ event: "start", file, id, size, resumedFrom: snapshot.resumedFrom });
      }
      if (performance.now() - heardAt < QUIET_MS) return;
      heardAt = performance.now();
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
    paused: (stand) => print({ event: "paused", file, ...stand }),
  };
}
