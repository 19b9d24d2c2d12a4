import type { Dicer } from "@fastify/busboy";
import { parseHeader } from "./header-params.ts";

/** The headers of a part. */
export interface PartHead {
  /** "" if it has none. */
  readonly name: string;
  /** Null if the part has no filename. */
  readonly filename: string | null;
  /** As declared by the client, or null. */
  readonly contentType: string | null;
}

/** One part of a form while it is received: its headers, then its bytes. */
export class FormPart {
  /** Null while the headers are not complete. */
  head: PartHead | null = null;
  /** Bytes that arrived and have not been taken yet. */
  pieces: Uint8Array[] = [];
  /** Number of bytes that arrived, taken or not. */
  length = 0;
  ended = false;
  /** The bytes are the content in base64. */
  isEncoded = false;
  readonly done: Promise<void>;

  /** `isWanted`: whether to keep the bytes of a part. */
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
    // An incomplete part emits an error too; the parser's error is the one that is reported.
    stream.on("error", () => undefined);
    this.done = new Promise((resolve) => {
      stream.on("end", () => {
        this.ended = true;
        resolve();
      });
    });
  }

  /** Removes and returns the bytes that arrived. */
  take(): Uint8Array[] {
    const taken = this.pieces;
    this.pieces = [];
    return taken;
  }

  /** The bytes that arrived, as text. */
  text(): string {
    const decoder = new TextDecoder();
    const pieces = this.take();
    return (
      pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode()
    );
  }
}

/** Names are lower case; each has a list of values, one byte per character. */
type PartHeader = { readonly [name: string]: readonly string[] | undefined };

/** RFC 7578, section 4.7, deprecates it; some old clients still send it. */
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
