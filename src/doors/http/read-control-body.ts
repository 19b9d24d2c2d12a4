import { UploadError } from "../../core/errors.ts";
import type { DoorRequest } from "./exchange.ts";

/** Maximum body of a control request, in bytes. */
export const MAX_CONTROL_BODY_BYTES = 2 ** 20;
/** Initial buffer size: sufficient for nearly all control requests. */
const FIRST_BYTES = 4 * 1024;

/**
 * The whole body of a control request; null if there is none. BODY_TOO_LARGE if `Content-Length` is over the
 * limit, or as soon as more bytes arrive.
 */
export async function readControlBody({
  body,
  headers,
}: Pick<DoorRequest, "body" | "headers">): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body === null) return null;
  if (Number(headers.get("content-length") ?? 0) > MAX_CONTROL_BODY_BYTES) refuse();
  let held = new Uint8Array(FIRST_BYTES);
  let length = 0;
  for await (const part of body) {
    const end = length + part.byteLength;
    if (end > MAX_CONTROL_BODY_BYTES) refuse();
    if (end > held.length) held = enlarged(held, end);
    held.set(part, length);
    length = end;
  }
  return held.subarray(0, length);
}

/** One growing buffer: a list of one-byte pieces would need ninety times the memory. */
function enlarged(held: Uint8Array, least: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(least, held.length * 2));
  larger.set(held);
  return larger;
}

function refuse(): never {
  throw new UploadError("BODY_TOO_LARGE", { details: { max_bytes: MAX_CONTROL_BODY_BYTES } });
}
