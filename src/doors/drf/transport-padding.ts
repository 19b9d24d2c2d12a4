const CR = 13;
const SPACE = 32;
const TAB = 9;

/**
 * Removes transport padding: the white space that may follow a multipart delimiter on its line
 * (RFC 2046, section 5.1.1), which the parser would read as the start of the part's headers. The input is
 * split into pieces at any position. Returns views of them, without copying.
 */
export class TransportPadding {
  /** A delimiter, including the line break before it. */
  readonly #delimiter: Buffer;
  /** Bytes of a delimiter that the input so far ends with. The first delimiter needs no line break. */
  #matched = 2;
  /** A delimiter has just ended: white space follows. */
  #isAfter = false;

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, "latin1");
  }

  /** The piece without padding, as views in their order. */
  strip(piece: Uint8Array): Uint8Array[] {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const kept: Uint8Array[] = [];
    let from = 0;
    let at = this.#continued(bytes);
    for (;;) {
      if (this.#isAfter) {
        const end = endOfPadding(bytes, at);
        if (end > at) {
          kept.push(piece.subarray(from, at));
          from = end;
        }
        at = end;
        if (at === bytes.length) break;
        this.#isAfter = false;
      }
      const found = this.#matched > 0 ? -1 : bytes.indexOf(this.#delimiter, at);
      if (found === -1) break;
      at = found + this.#delimiter.length;
      this.#isAfter = true;
    }
    if (!this.#isAfter && this.#matched === 0) this.#matched = this.#endMatch(bytes, at);
    kept.push(piece.subarray(from));
    return kept.filter(({ length }) => length > 0);
  }

  /**
   * Continues a delimiter that started in an earlier piece; returns the position after it in this piece. A
   * delimiter has one carriage return, at its start, so that no delimiter can start inside another.
   */
  #continued(bytes: Buffer): number {
    if (this.#matched === 0) return 0;
    const rest = this.#delimiter.subarray(this.#matched, this.#matched + bytes.length);
    if (!bytes.subarray(0, rest.length).equals(rest)) {
      this.#matched = 0;
      return 0;
    }
    this.#matched += rest.length;
    if (this.#matched < this.#delimiter.length) return bytes.length;
    this.#matched = 0;
    this.#isAfter = true;
    return rest.length;
  }

  /** Bytes at the end, from `at`, that may be the start of a delimiter. */
  #endMatch(bytes: Buffer, at: number): number {
    const start = bytes.lastIndexOf(CR);
    if (start < at) return 0;
    const end = bytes.subarray(start);
    const isBeginning =
      end.length < this.#delimiter.length && this.#delimiter.subarray(0, end.length).equals(end);
    return isBeginning ? end.length : 0;
  }
}

function endOfPadding(bytes: Buffer, start: number): number {
  let end = start;
  while (bytes[end] === SPACE || bytes[end] === TAB) end += 1;
  return end;
}
