import { type DestinationStream, pino, stdSerializers } from "pino";
import type { Logger } from "../../core/ports/system.ts";

const secrets = [
  "authorization",
  "cookie",
  "password",
  "secret",
  "set-cookie",
  "ticket",
  "token",
] as const;

/** Secrets at the top, and one and two levels down (`headers.cookie`, `request.headers.cookie`). */
const redacted = secrets.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);

export interface LoggerOptions {
  /** The least level that is written, by pino's names; `silent` writes nothing. */
  readonly level: string;
  /** Where the lines go; standard output when left out. */
  readonly destination?: DestinationStream;
}

/** Writes a JSON line an entry. Credentials are blotted out; errors carry their causes. */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    redact: { paths: redacted, censor: "[redacted]" },
    serializers: { err: stdSerializers.err, error: stdSerializers.err, cause: stdSerializers.err },
  };
  const log = destination === undefined ? pino(options) : pino(options, destination);
  return {
    debug: (facts, message) => log.debug(facts, message),
    info: (facts, message) => log.info(facts, message),
    warn: (facts, message) => log.warn(facts, message),
    error: (facts, message) => log.error(facts, message),
  };
}
