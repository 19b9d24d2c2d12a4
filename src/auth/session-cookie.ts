/** A session of ours takes some 300 characters; anything near this is not one. */
const LONGEST_SESSION = 16_384;

/** Whether cookies get NextAuth's `__Secure-` prefix: when people come by https. */
export function usesSecureCookies(publicUrl: string): boolean {
  return publicUrl.toLowerCase().startsWith("https:");
}

/** The name of NextAuth's session cookie (its `core/lib/cookie`). */
export function sessionCookieName(publicUrl: string): string {
  return `${usesSecureCookies(publicUrl) ? "__Secure-" : ""}next-auth.session-token`;
}

/**
 * The session's value in a `Cookie` header, put together where NextAuth had to cut it into
 * `name.0`, `name.1` …. Null when there is none, or an empty one; too long a value is
 * cut, and does not verify then. Never throws.
 */
export function readSessionCookie(header: string | null, name: string): string | null {
  if (header === null || !header.includes(name)) return null;
  const cookies = parseCookies(header, name);
  let value = cookies.get(name) ?? "";
  for (let part = 0; value.length <= LONGEST_SESSION; part += 1) {
    const next = cookies.get(`${name}.${part}`);
    if (next === undefined) break;
    value += next;
  }
  return value === "" ? null : value.slice(0, LONGEST_SESSION);
}

/** Cookies whose names begin with `prefix`. Of two with one name the first counts, as browsers order them. */
function parseCookies(header: string, prefix: string): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(";")) {
    const text = pair.trim();
    const equals = text.indexOf("=");
    const name = text.slice(0, Math.max(equals, 0));
    if (name.startsWith(prefix) && !cookies.has(name)) {
      cookies.set(name, text.slice(equals + 1).trim());
    }
  }
  return cookies;
}
