import { fileTypeFromBuffer } from "file-type";
import type { Sniffer } from "../../core/ports/system.ts";

/** Detects media types by magic bytes. Never throws; returns null for damaged or hostile bytes. */
export function createSniffer(): Sniffer {
  return {
    sniff: async (head) => {
      try {
        return (await fileTypeFromBuffer(head))?.mime ?? null;
      } catch {
        // The bytes only looked like the format whose parser failed.
        return null;
      }
    },
  };
}
