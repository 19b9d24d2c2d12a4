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

/** UUIDs, except those that name a user, a token, a session or a request. */
const UPLOAD_IDS =
  /(?<!"(?:principal|actor|(?:user|token|session|request|actor)Id)":")\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

export interface LoggerOptions {
  /** The least level that is written, by pino's names; `silent` writes nothing. */
  readonly level: string;
  /** Where the lines go; standard output when left out. */
  readonly destination?: DestinationStream;
  /**
   * True where anonymous uploads are allowed, whose ids are all that protects them: of every
   * upload's id, wherever it appears, the first eight digits are written.
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
