import { UploadError } from "../../core/errors.ts";
import type { DoorRequest } from "./exchange.ts";

/** No control request has more to say than this many bytes. */
export const MAX_CONTROL_BODY_BYTES = 2 ** 20;
/** Room for nearly every control request. */
const FIRST_BYTES = 4 * 1024;

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

/** Copied together as they come: pieces of a byte each, kept apart, would take ninety times the room. */
function enlarged(held: Uint8Array, least: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(least, held.length * 2));
  larger.set(held);
  return larger;
}

function refuse(): never {
  throw new UploadError("BODY_TOO_LARGE", { details: { max_bytes: MAX_CONTROL_BODY_BYTES } });
}
