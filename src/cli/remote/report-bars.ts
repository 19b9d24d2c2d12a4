import cliProgress from "cli-progress";
import type { UploadSnapshot } from "../../client/snapshot.ts";
import { drawBar, rate, type Shown } from "./bar.ts";
import { formatBytes, formatDuration, printable } from "./format.ts";
import type { Expected, FileReport, UploadReport } from "./report.ts";
import { pausedText, summaryLines, waitReason } from "./summary.ts";

export interface Screen {
  readonly stream: NodeJS.WriteStream;
  readonly colored: boolean;
}

/** Progress bars on a terminal. Finished files are printed above them. */
export function barReport({ stream, colored }: Screen, expected: Expected): UploadReport {
  const bars = new cliProgress.MultiBar({
    stream,
    format: (_options, { maxWidth }, shown: Shown) => drawBar(shown, maxWidth),
    fps: 8,
    hideCursor: true,
    clearOnComplete: true,
    // Redraws all lines, since longer lines above may leave characters; wraps URLs instead of cutting them.
    forceRedraw: true,
    linewrap: true,
    gracefulExit: false,
  });
  const paint = painter(colored);
  const sum = new Sum(expected);
  const sumBar = expected.files > 1 ? bars.create(1, 0, sum.shown()) : null;
  /** Clears what the bars left on the screen below the cursor, since the text may be shorter. */
  const log = (...lines: string[]) => bars.log(`\u001b[0J${lines.join("\n")}\n`);
  const close = () => {
    bars.update();
    bars.stop();
  };

  function file(shown: string, size: number | null): FileReport {
    const name = printable(shown);
    const bar = bars.create(1, 0, { name, sent: 0, size, tail: "waiting" } satisfies Shown);
    let resumedFrom = 0;
    const over = (bytes: number, ...lines: string[]) => {
      sum.leave(shown, bytes);
      sumBar?.update(0, sum.shown());
      log(...lines);
      bars.remove(bar);
    };
    return {
      moved(snapshot) {
        resumedFrom = snapshot.resumedFrom;
        bar.update(0, { name, sent: snapshot.sent, size: snapshot.size, tail: tailOf(snapshot) });
        sum.moved(shown, snapshot);
        sumBar?.update(0, sum.shown());
      },
      done(view, how) {
        const total = formatBytes(view.size ?? 0);
        const when = how === "before" ? "sent earlier" : `in ${formatDuration(how.seconds)}`;
        const kept = resumedFrom > 0 ? `, ${formatBytes(resumedFrom)} sent earlier` : "";
        over(
          size ?? 0,
          `${paint("32", "✓")} ${name}  ${paint("2", `${total} ${when}${kept}`)}`,
          `  id ${view.id}  ${view.checksumAlgorithm} ${view.checksum}`,
          `  ${view.fileUrl}`,
        );
      },
      failed: ({ message }) => over(size ?? 0, `${paint("31", "✗")} ${name}: ${message}`),
      paused: (state) => over(state.kept, `${paint("33", "‖")} ${name}: ${pausedText(state)}`),
    };
  }

  return {
    skipped: ({ shown, what }) => log(`${paint("33", "–")} ${printable(shown)}: skipped, ${what}`),
    file,
    end(totals) {
      const lines = summaryLines(totals);
      if (lines.length > 0) log(...lines);
      close();
    },
    close,
  };
}

/** The total progress of all files. */
class Sum {
  readonly #expected: Expected;
  readonly #moving = new Map<string, UploadSnapshot>();
  #left = 0;
  #leftBytes = 0;

  constructor(expected: Expected) {
    this.#expected = expected;
  }

  moved(file: string, snapshot: UploadSnapshot): void {
    this.#moving.set(file, snapshot);
  }

  leave(file: string, bytes: number): void {
    this.#moving.delete(file);
    this.#left += 1;
    this.#leftBytes += bytes;
  }

  shown(): Shown {
    const { files, bytes } = this.#expected;
    let sent = this.#leftBytes;
    let speed = 0;
    for (const snapshot of this.#moving.values()) {
      sent += snapshot.sent;
      speed += snapshot.phase === "uploading" ? (snapshot.speed ?? 0) : 0;
    }
    const name = `${this.#left} of ${files} files`;
    const tail = speed > 1 ? rate(speed, (bytes - sent) / speed) : "";
    return { name, sent, size: bytes, tail };
  }
}

function tailOf(snapshot: UploadSnapshot): string {
  const held = waitReason(snapshot);
  if (held !== null) return held;
  return snapshot.speed === null ? "" : rate(snapshot.speed, snapshot.secondsLeft);
}

type Paint = (code: string, text: string) => string;

function painter(colored: boolean): Paint {
  return (code, text) => (colored ? `\u001b[${code}m${text}\u001b[0m` : text);
}
