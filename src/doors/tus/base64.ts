const CANONICAL = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Decodes padded base64 (RFC 4648, section 4); null if it is invalid. */
export function decodeBase64(text: string): Uint8Array | null {
  if (!CANONICAL.test(text)) return null;
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
