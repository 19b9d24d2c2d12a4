import type { CombinableName } from "../../digests/combine-crc.ts";
import { hasherFactories } from "../../digests/factories.ts";

/**
 * The checksums of direct uploads, best first: those that a service computes of parts and of the whole
 * object. https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export const directAlgorithms = ["crc64nvme", "crc32"] as const satisfies readonly CombinableName[];

export type DirectAlgorithm = (typeof directAlgorithms)[number];

/** How the service names an algorithm. */
export const serviceNames = {
  crc64nvme: { algorithm: "CRC64NVME", field: "ChecksumCRC64NVME" },
  crc32: { algorithm: "CRC32", field: "ChecksumCRC32" },
} as const satisfies Readonly<Record<DirectAlgorithm, { algorithm: string; field: string }>>;

/** The header of a part's checksum. */
export function checksumHeader(algorithm: DirectAlgorithm): string {
  return `x-amz-checksum-${algorithm}`;
}

/** The checksum in a response of the service; null when it names none. */
export function checksumIn(response: object, algorithm: DirectAlgorithm): string | null {
  const value: unknown = Reflect.get(response, serviceNames[algorithm].field);
  return typeof value === "string" ? value : null;
}

export function toBase64(hex: string): string {
  return Buffer.from(hex, "hex").toString("base64");
}

export function toHex(base64: string): string {
  return Buffer.from(base64, "base64").toString("hex");
}

/** The CRC-32 of all bytes, in base64. */
export async function crc32Of(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hasher = await hasherFactories.crc32();
  hasher.init();
  for await (const some of bytes) hasher.update(some);
  return toBase64(hasher.digest());
}

/** Runs of consecutive parts, `[first number, checksums]`. */
export type PackedSums = readonly (readonly [number, readonly string[]])[];

export function packSums(sums: ReadonlyMap<number, string>): PackedSums {
  const runs: [number, string[]][] = [];
  let next = Number.NaN;
  for (const [number, sum] of [...sums].sort(([a], [b]) => a - b)) {
    const run = number === next ? runs.at(-1) : undefined;
    if (run === undefined) runs.push([number, [sum]]);
    else run[1].push(sum);
    next = number + 1;
  }
  return runs;
}

export function unpackSums(packed: PackedSums): Map<number, string> {
  return new Map(
    packed.flatMap(([first, sums]) => sums.map((sum, index) => [first + index, sum] as const)),
  );
}
