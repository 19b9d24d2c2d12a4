import { stopAsking } from "./terminal.ts";

/** What a command that was stopped exits with: 128 + SIGINT, as a shell reports it. */
const STOPPED = 130;

const stopping = new AbortController();

/** Aborts when a command that can be stopped is stopped. */
export const stopSignal = stopping.signal;

/**
 * Called by commands that can end early and report what they did: the first SIGINT or SIGTERM aborts
 * `stopSignal`, the second ends the process.
 */
export function stopOnSignals(): void {
  const stop = () => {
    if (stopping.signal.aborted) process.exit(STOPPED);
    process.exitCode = STOPPED;
    process.stderr.write("\nStopping; press Ctrl-C again to leave at once.\n");
    stopping.abort();
    stopAsking();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}
