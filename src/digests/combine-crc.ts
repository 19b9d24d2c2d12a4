/** A CRC that starts from all ones and is inverted at its end, with reflected bits. */
interface Crc {
  /** Bits. */
  readonly width: number;
  readonly polynomial: bigint;
}

const crcs = {
  crc32: { width: 32, polynomial: 0xedb88320n },
  crc64nvme: { width: 64, polynomial: 0x9a6c9329ac4bc9b5n },
} as const satisfies Readonly<Record<string, Crc>>;

/** The algorithms whose checksum of a whole follows from those of its parts. */
export type CombinableName = keyof typeof crcs;

export function isCombinable(algorithm: string): algorithm is CombinableName {
  return Object.hasOwn(crcs, algorithm);
}

/** The length of a checksum in hex. */
export function hexDigits(algorithm: CombinableName): number {
  return crcs[algorithm].width / 4;
}

/** Consecutive bytes: how many, and their checksum in lower-case hex. */
export interface CheckedBytes {
  readonly bytes: number;
  readonly checksum: string;
}

/**
 * The checksum of consecutive parts together, in lower-case hex. It follows from the linearity of a
 * CRC: crc(A + B) = crc(A) * x^(8 * length of B) + crc(B), modulo the polynomial.
 */
export function combineCrcs(algorithm: CombinableName, parts: Iterable<CheckedBytes>): string {
  const crc = crcs[algorithm];
  const shifts = new Map<number, bigint>();
  let combined = 0n;
  for (const { bytes, checksum } of parts) {
    const shift = shifts.get(bytes) ?? powerOfX(crc, 8n * BigInt(bytes));
    shifts.set(bytes, shift);
    combined = multiply(crc, shift, combined) ^ BigInt(`0x${checksum}`);
  }
  return combined.toString(16).padStart(hexDigits(algorithm), "0");
}

/** x to the power of `exponent`. The highest bit is the coefficient of x^0. */
function powerOfX(crc: Crc, exponent: bigint): bigint {
  let power = 1n << BigInt(crc.width - 1);
  let square = power >> 1n;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) power = multiply(crc, square, power);
    square = multiply(crc, square, square);
  }
  return power;
}

function multiply({ width, polynomial }: Crc, a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let bit = 1n << BigInt(width - 1); bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ polynomial : factor >> 1n;
  }
  return product;
}
