import parseRange from "range-parser";
import type { ByteRange } from "../../core/ranges.ts";

/**
 * The range of a file of `size` bytes that a `Range` header requests. Several ranges, another unit or a
 * malformed header: the whole file (RFC 9110, section 14.2: a server may ignore the header).
 */
export function chooseRange(header: string | null, size: number): ByteRange | "whole" | "none" {
  if (header === null || header.includes(",")) return "whole";
  const suffix = /^\s*bytes\s*=\s*-\s*(\d+)\s*$/i.exec(header)?.[1];
  // RFC 9110, section 14.1.2: a suffix longer than the file is the whole file; the parser refuses it.
  if (suffix !== undefined && Number(suffix) > size && size > 0) return { start: 0, end: size };
  const ranges = parseRange(size, header);
  if (ranges === -1) return /^\s*bytes\s*=/i.test(header) ? "none" : "whole";
  if (ranges === -2 || ranges.type.trim().toLowerCase() !== "bytes") return "whole";
  const [range] = ranges;
  return range === undefined ? "whole" : { start: range.start, end: range.end + 1 };
}
