import { createLogger } from "../adapters/pino/logger.ts";
import type { Logger } from "../core/ports/system.ts";
import type { Environment } from "../env.ts";

/**
 * The log of a process: a server writes to standard output, a command, whose result is printed
 * there, to standard error.
 */
export function openLog(
  { logLevel: level, core }: Pick<Environment, "logLevel" | "core">,
  serving: boolean,
): Logger {
  const options = { level, shortenUploadIds: core.access.allowAnonymous };
  return createLogger(serving ? options : { ...options, destination: process.stderr });
}
