import { UploadError } from "../../core/errors.ts";
import type { DoorRequest } from "../http/exchange.ts";

/** No control request has more to say than this many bytes. */
export const MAX_CONTROL_BODY_BYTES = 2 ** 20;

/**
 * The whole body of a control request; null when there is none. BODY_TOO_LARGE as soon as too much
 * is announced, or has come: a sender that announces nothing is not believed but counted.
 */
export async function readControlBody({
  body,
  headers,
}: Pick<DoorRequest, "body" | "headers">): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body === null) return null;
  if (Number(headers.get("content-length") ?? 0) > MAX_CONTROL_BODY_BYTES) refuse();
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.byteLength;
    if (length > MAX_CONTROL_BODY_BYTES) refuse();
    parts.push(part);
  }
  return joined(parts, length);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

function refuse(): never {
  throw new UploadError("BODY_TOO_LARGE", { details: { max_bytes: MAX_CONTROL_BODY_BYTES } });
}
