import { fileTypeFromBuffer } from "file-type";
import type { Sniffer } from "../../core/ports/system.ts";

/** Tells media types by magic bytes. Damaged or hostile bytes tell none; nothing is ever thrown. */
export function createSniffer(): Sniffer {
  return {
    sniff: async (head) => {
      try {
        return (await fileTypeFromBuffer(head))?.mime ?? null;
      } catch {
        // A parser stumbled over bytes that only look like its format.
        return null;
      }
    },
  };
}
