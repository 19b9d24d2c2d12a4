/** Longer than any bearer of ours; what is longer is not even looked at. */
const LONGEST_BEARER = 512;

/**
 * The bearer of an `Authorization` header: `Bearer x`, or `Token x` as Django REST Framework's
 * clients send it (RFC 9110 §11.1: the scheme's case does not matter). Null for any other form.
 */
export function readBearer(authorization: string): string | null {
  if (authorization.length > LONGEST_BEARER) return null;
  // RFC 6750 §2.1: b64token, after one or more spaces.
  const match = /^(?:bearer|token) +([\w.~+/-]+=*)$/i.exec(authorization);
  return match?.[1] ?? null;
}
