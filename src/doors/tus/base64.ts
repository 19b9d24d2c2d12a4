const CANONICAL = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes of a padded base64 text (RFC 4648, section 4); null when it is none. */
export function decodeBase64(text: string): Uint8Array | null {
  if (!CANONICAL.test(text)) return null;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
