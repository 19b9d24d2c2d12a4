import { type ExitCode, exitCodes } from "./exit-codes.ts";

/** Ctrl-C (SIGINT) and SIGTERM while a command works. */
export interface Interrupt {
  /** Aborts at the first signal: keep what was gained, and end. */
  readonly signal: AbortSignal;
  /** What to tell the shell; null while nobody interrupted. */
  readonly exitCode: ExitCode | null;
  /** Done before the second signal ends the process at once: what the terminal needs. */
  onKill: () => void;
}

/** npm and npx pass a signal on that the terminal has sent to us already (ms). */
const ECHO_MS = 250;

const signals = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;

/** Listens to the end of the process. The second signal ends the process at once. */
export function listenForInterrupt(): Interrupt {
  const stop = new AbortController();
  let exitCode: ExitCode | null = null;
  let heardAt = 0;
  const listen = (name: NodeJS.Signals) => {
    if (name !== "SIGINT" && name !== "SIGTERM") return;
    if (exitCode !== null) {
      if (performance.now() - heardAt < ECHO_MS) return;
      interrupt.onKill();
      process.exit(signals[name]);
    }
    exitCode = signals[name];
    heardAt = performance.now();
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
