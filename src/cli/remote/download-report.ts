import cliProgress from "cli-progress";
import { Speedometer } from "../../client/speed.ts";
import { drawBar, rate, type Shown } from "./bar.ts";
import { formatBytes, printable } from "./format.ts";
import { printError, printJson } from "./output.ts";

/** Minimum interval between progress events in ms. */
const PROGRESS_INTERVAL_MS = 1_000;

/** Reports the progress of a download. */
export interface DownloadReport {
  moved(held: number): void;
  /** `file` is null when the bytes went to standard output. */
  done(facts: DownloadFacts): void;
  /** Restores the terminal. */
  close(): void;
}

interface DownloadFacts {
  readonly file: string | null;
  readonly id: string;
  readonly size: number;
  readonly checksum: string;
  readonly algorithm: string;
}

export function downloadReport(
  target: string,
  { size, json }: { size: number; json: boolean },
): DownloadReport {
  if (json) return jsonReport(target);
  const name = printable(target);
  if (!process.stderr.isTTY)
    return { moved: () => undefined, done: printDone, close: () => undefined };
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: (_options, { maxWidth }, shown: Shown) => drawBar(shown, maxWidth),
    fps: 8,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: true,
    gracefulExit: false,
  });
  const meter = new Speedometer();
  bar.start(1, 0, { name, sent: 0, size, tail: "" } satisfies Shown);
  return {
    moved(held) {
      meter.sample(held, performance.now());
      const { speed } = meter;
      const tail = speed === null ? "" : rate(speed, meter.secondsFor(size - held));
      bar.update(0, { name, sent: held, size, tail } satisfies Shown);
    },
    done(facts) {
      bar.stop();
      printDone(facts);
    },
    close: () => bar.stop(),
  };
}

function printDone({ file, size, algorithm }: DownloadFacts): void {
  if (file !== null) {
    printError(`Saved ${printable(file)} (${formatBytes(size)}, ${algorithm} verified).`);
  }
}

function jsonReport(file: string): DownloadReport {
  let printedAt = performance.now();
  return {
    moved(held) {
      if (performance.now() - printedAt < PROGRESS_INTERVAL_MS) return;
      printedAt = performance.now();
      printJson({ event: "progress", file, received: held });
    },
    done: ({ algorithm, ...facts }) =>
      printJson({ event: "done", ...facts, checksumAlgorithm: algorithm }),
    close: () => undefined,
  };
}
