import type { Dicer } from "@fastify/busboy";
import { parseHeader } from "./header-params.ts";

/** The name and kind of a part, once its headers are read. */
export interface PartHead {
  /** "" when it has none. */
  readonly name: string;
  /** Null when the part names no file. */
  readonly filename: string | null;
  /** As the sender declares it; null when it does not. */
  readonly contentType: string | null;
}

/** One part of a form as it comes in: its head, then its bytes. */
export class FormPart {
  /** Null while the headers are not complete. */
  head: PartHead | null = null;
  /** Bytes that have arrived and were not taken yet. */
  pieces: Uint8Array[] = [];
  /** All bytes that have arrived, taken or not. */
  length = 0;
  ended = false;
  /** Its bytes are not the content's own but stand for it, in base64. */
  isEncoded = false;
  readonly done: Promise<void>;

  /** `isWanted` says whether the bytes of a part are worth keeping. */
  constructor(stream: Dicer.PartStream, isWanted: (head: PartHead) => boolean) {
    let wanted = false;
    stream.on("header", (header: object) => {
      this.head = readHead(header);
      this.isEncoded = isBase64(header);
      wanted = isWanted(this.head);
    });
    stream.on("data", (bytes: Buffer | string) => {
      if (typeof bytes === "string") return;
      this.length += bytes.length;
      if (wanted) this.pieces.push(bytes);
    });
    // A part that is cut off says so by an error of its own; the parser's error is the one that counts.
    stream.on("error", () => undefined);
    this.done = new Promise((resolve) => {
      stream.on("end", () => {
        this.ended = true;
        resolve();
      });
    });
  }

  /** What has arrived, and is now the caller's. */
  take(): Uint8Array[] {
    const taken = this.pieces;
    this.pieces = [];
    return taken;
  }

  /** All that is held, as text. */
  text(): string {
    const decoder = new TextDecoder();
    const pieces = this.take();
    return (
      pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode()
    );
  }
}

/** Header names come in lower case, each with a list of values (one byte in each character). */
type PartHeader = { readonly [name: string]: readonly string[] | undefined };

/** RFC 7578, section 4.7, has done away with it; old senders of mail's kind still do it. */
function isBase64(header: object): boolean {
  const [coding = ""] = (header as PartHeader)["content-transfer-encoding"] ?? [];
  return coding.trim().toLowerCase() === "base64";
}

function readHead(header: object): PartHead {
  const fields = header as PartHeader;
  const disposition = parseHeader(fields["content-disposition"]?.[0] ?? "");
  const isFormData = disposition.value === "form-data";
  return {
    name: (isFormData ? disposition.params.get("name") : null) ?? "",
    filename: disposition.params.get("filename") ?? null,
    contentType: fields["content-type"]?.[0]?.trim() || null,
  };
}
