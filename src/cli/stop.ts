import { closePrompt } from "./terminal.ts";

/** Exit code of a stopped command: 128 + SIGINT, as in shells. */
const STOPPED = 130;

const stopping = new AbortController();

/** Aborts when the user stops the command. */
export const stopSignal = stopping.signal;

/**
 * For commands that can stop early and report what they did: the first SIGINT or SIGTERM aborts
 * `stopSignal`, the second exits the process.
 */
export function stopOnSignals(): void {
  const stop = () => {
    if (stopping.signal.aborted) process.exit(STOPPED);
    process.exitCode = STOPPED;
    process.stderr.write("\nStopping. Press Ctrl-C again to exit immediately.\n");
    stopping.abort();
    closePrompt();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}
