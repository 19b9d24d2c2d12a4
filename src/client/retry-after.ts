/**
 * Milliseconds from a `Retry-After` header; null when there is none or it is a date (RFC 9110
 * section 10.2.3 allows one, but only the server's clock could read it right).
 */
export function retryAfterMs(header: string | null): number | null {
  if (header === null || !/^\s*\d+\s*$/.test(header)) return null;
  return Number(header) * 1000;
}
