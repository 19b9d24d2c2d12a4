/**
 * Drops messages that cannot be written because the reader of the standard output or standard error output
 * has gone away (EPIPE). Without a listener the stream's error becomes an uncaught exception, which Next
 * reports on the same stream: the process then loops and ignores signals.
 */
export function dropLostOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}
