import { UploadError } from "../../core/errors.ts";
import type { UploadRules } from "../../core/requests.ts";

/**
 * Whether a field's name is that of the checksum's algorithm. In any spelling: the original's clients
 * say what its settings said, by which Python's hashlib knows it (`SHA256`, `sha3_256`).
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

/** The checksum that the fields name by its algorithm. CHECKSUM_REQUIRED without one, unless none is needed. */
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

/** Whatever JSON brings that is no text cannot match, however deep it is; nothing at all is no checksum. */
function asText(given: unknown): string {
  if (typeof given === "string") return given.trim();
  return given ? "no text" : "";
}
