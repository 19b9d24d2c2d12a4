import parseRange from "range-parser";
import type { ByteRange } from "../../core/ranges.ts";

/**
 * What a `Range` header asks of a file of `size` bytes. Several ranges, another unit or nonsense:
 * the whole (RFC 9110, section 14.2 lets a server ignore the header).
 */
export function chooseRange(header: string | null, size: number): ByteRange | "whole" | "none" {
  if (header === null || header.includes(",")) return "whole";
  const suffix = /^\s*bytes\s*=\s*-\s*(\d+)\s*$/i.exec(header)?.[1];
  // RFC 9110, section 14.1.2: a suffix longer than the file is the file; the parser disagrees.
  if (suffix !== undefined && Number(suffix) > size && size > 0) return { start: 0, end: size };
  const ranges = parseRange(size, header);
  if (ranges === -1) return /^\s*bytes\s*=/i.test(header) ? "none" : "whole";
  if (ranges === -2 || ranges.type.trim().toLowerCase() !== "bytes") return "whole";
  const [range] = ranges;
  return range === undefined ? "whole" : { start: range.start, end: range.end + 1 };
}
