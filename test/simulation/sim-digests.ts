import { crc32 } from "node:zlib";
import type { Digests, RunningDigest } from "../../src/core/ports/digests.ts";

/** A digest without threads or WebAssembly: nothing in a simulation may run by real time. */
export const simDigests: Digests = {
  algorithms: ["crc32"],
  start: async () => runningFrom(0),
  resume: async (_algorithm, state) => runningFrom(Buffer.from(state).readUInt32LE()),
};

function runningFrom(first: number): RunningDigest {
  let value = first;
  return {
    update: (bytes) => {
      value = crc32(bytes, value);
      return undefined;
    },
    save: async () => {
      const state = Buffer.alloc(4);
      state.writeUInt32LE(value);
      return Uint8Array.from(state);
    },
    hex: async () => value.toString(16).padStart(8, "0"),
    release: () => {},
  };
}
