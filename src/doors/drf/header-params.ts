/** A header of the form `value; name=value; …`, such as Content-Type and Content-Disposition. */
export interface ParametrisedHeader {
  /** Lower case. */
  readonly value: string;
  /** Names in lower case. `name*` (RFC 8187) is stored as `name` and takes precedence over a plain one. */
  readonly params: ReadonlyMap<string, string>;
}

/** What may follow the closing quote of a value: nothing, or the next parameter. */
const AFTER = "[ \\t]*(?:$|;[ \\t]*[\\w!#$%&'*+.^`|~-]+[ \\t]*=)";
/**
 * A backslash quotes the next character (RFC 9110, section 5.6.4), but browsers do not escape the
 * backslashes of a filename: one before the closing quote is part of the filename.
 */
const QUOTED = `"((?:[^"\\\\]|\\\\[^"]|\\\\"(?!${AFTER})|\\\\(?="${AFTER}))*)"`;
const PARAM = new RegExp(
  `;[ \\t]*([\\w!#$%&'*+.^\`|~-]+)[ \\t]*=[ \\t]*(?:${QUOTED}|([^;]*))`,
  "g",
);
const EXTENDED = /^(utf-8|iso-8859-1)'[^']*'(.*)$/i;

/**
 * Parses such a header and ignores everything that is not a parameter. Bytes above ASCII are decoded as UTF-8
 * if they are valid, as sent by browsers and Python clients (RFC 7578, section 5.1).
 */
export function parseHeader(header: string): ParametrisedHeader {
  const plain = new Map<string, string>();
  const extended = new Map<string, string>();
  for (const [, name = "", quoted, token = ""] of header.matchAll(PARAM)) {
    const key = name.toLowerCase();
    const text = quoted === undefined ? token.trim() : quoted.replace(/\\(["\\])/g, "$1");
    if (!key.endsWith("*")) {
      plain.set(key, asUtf8(text));
      continue;
    }
    const decoded = decodeExtended(text);
    if (decoded !== null) extended.set(key.slice(0, -1), decoded);
  }
  const value = (header.split(";", 1)[0] ?? "").trim().toLowerCase();
  return { value, params: new Map([...plain, ...extended]) };
}

/** RFC 8187, section 3.2: `charset'language'percent-encoded`; null if malformed. */
function decodeExtended(text: string): string | null {
  const [, charset = "", encoded = ""] = EXTENDED.exec(text) ?? [];
  if (charset === "") return null;
  const bytes = encoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return charset.toLowerCase() === "utf-8" ? asUtf8(bytes) : bytes;
}

/** `text` has one byte per character; invalid UTF-8 stays Latin-1. */
function asUtf8(text: string): string {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}
