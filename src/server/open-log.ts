import { createLogger } from "../adapters/pino/logger.ts";
import type { Logger } from "../core/ports/system.ts";
import type { Environment } from "../env.ts";

/** The log of a process: a server's goes to standard output, a command's, whose answer stands there, to standard error. */
export function openLog(
  { logLevel: level }: Pick<Environment, "logLevel">,
  serving: boolean,
): Logger {
  return createLogger(serving ? { level } : { level, destination: process.stderr });
}
