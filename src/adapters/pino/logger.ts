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

/** Secrets at the top level and up to two levels below it (`headers.cookie`, `request.headers.cookie`). */
const redacted = secrets.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);

/** UUIDs, except those of users, tokens, sessions and requests. */
const UPLOAD_IDS =
  /(?<!"(?:principal|(?:user|owner|subject|token|session|request)Id)":")\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

export interface LoggerOptions {
  /** The lowest level that is written, by pino's names; `silent` writes nothing. */
  readonly level: string;
  /** Destination of the lines; default: standard output. */
  readonly destination?: DestinationStream;
  /**
   * True if anonymous uploads are allowed: only their id protects them, so that only the first eight digits of
   * upload ids are written.
   */
  readonly shortenUploadIds?: boolean;
}

/** Writes one JSON line per entry. Credentials are redacted; errors carry their causes. */
export function createLogger({
  level,
  destination,
  shortenUploadIds = false,
}: LoggerOptions): Logger {
  const options = {
    level,
    ...(shortenUploadIds
      ? { hooks: { streamWrite: (line: string) => line.replace(UPLOAD_IDS, "$1...") } }
      : {}),
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
