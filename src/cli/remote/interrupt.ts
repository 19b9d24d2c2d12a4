import { type ExitCode, exitCodes } from "./exit-codes.ts";

/** SIGINT (Ctrl-C) and SIGTERM while a command runs. */
export interface Interrupt {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** The exit code of the interrupted command; null without a signal. */
  readonly exitCode: ExitCode | null;
  /** Called before the second signal exits the process, to restore the terminal. */
  onKill: () => void;
}

/** A second signal within this time (ms) is ignored: npm and npx forward signals of the terminal. */
const DUPLICATE_MS = 250;

const signals = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;

/** Listens until the process exits. The second signal exits the process immediately. */
export function listenForInterrupt(): Interrupt {
  const stop = new AbortController();
  let exitCode: ExitCode | null = null;
  let firstSignalAt = 0;
  const listen = (name: NodeJS.Signals) => {
    if (name !== "SIGINT" && name !== "SIGTERM") return;
    if (exitCode !== null) {
      if (performance.now() - firstSignalAt < DUPLICATE_MS) return;
      interrupt.onKill();
      process.exit(signals[name]);
    }
    exitCode = signals[name];
    firstSignalAt = performance.now();
    stop.abort();
  };
  const interrupt: Interrupt = {
    signal: stop.signal,
    get exitCode() {
      return exitCode;
    },
    onKill: () => undefined,
  };
  process.on("SIGINT", listen);
  process.on("SIGTERM", listen);
  return interrupt;
}
