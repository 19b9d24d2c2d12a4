import { UploadError } from "../../core/errors.ts";
import type { UploadRules } from "../../core/requests.ts";

/**
 * Whether a field is named after the checksum's algorithm, in any spelling: clients of the original use the
 * name from its settings, which is a name of Python's hashlib (`SHA256`, `sha3_256`).
 */
export function isChecksumField(name: string, algorithm: string): boolean {
  return plain(name) === plain(algorithm);
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}

function respelt(fields: ReadonlyMap<string, unknown>, algorithm: string): unknown {
  return [...fields].find(([name]) => isChecksumField(name, algorithm))?.[1];
}

/** The checksum in the field named after its algorithm. CHECKSUM_REQUIRED if it is missing, unless it is optional. */
export function requireChecksum(
  fields: ReadonlyMap<string, unknown>,
  { checksumAlgorithm: algorithm, checksumRequired }: UploadRules,
): string | undefined {
  const checksum = asText(fields.get(algorithm) ?? respelt(fields, algorithm));
  if (checksum !== "") return checksum;
  if (!checksumRequired) return undefined;
  throw new UploadError("CHECKSUM_REQUIRED", {
    message: `Checksum of type '${algorithm}' is required`,
    details: { algorithm },
  });
}

/** A JSON value that is not a string becomes a text that matches no checksum; a falsy one counts as missing. */
function asText(given: unknown): string {
  if (typeof given === "string") return given.trim();
  return given ? "not a string" : "";
}
