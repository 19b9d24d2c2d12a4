import type { Bytes } from "../bytes.ts";

/** Bytes in memory. Slices share the memory. */
export function memoryBytes(bytes: Uint8Array): Bytes {
  return {
    size: bytes.byteLength,
    slice: (start, end) => memoryBytes(bytes.subarray(start, end)),
    arrayBuffer: async () => new Uint8Array(bytes).buffer,
  };
}
