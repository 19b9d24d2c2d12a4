import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Door, DoorRequest, DoorResponse } from "../doors/http/exchange.ts";
import { type Coding, chooseCoding, isFromOtherSite } from "./content-coding.ts";

/** Less is not worth the time. */
const LEAST_BYTES = 1_024;

const compressors: Record<Coding, (bytes: Uint8Array) => Promise<Uint8Array>> = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (bytes) => promisify(gzip)(bytes),
};

/**
 * A door whose JSON responses to GET are compressed when the client takes it. Streams of events
 * never are, nor what a page of another site asks for, nor the responses to POST: these may hold a
 * new token or ticket next to what the client sent.
 */
export function compressDoor(door: Door): Door {
  return async (request) => {
    const response = await door(request);
    const bytes = compressible(request, response);
    if (bytes === null) return response;
    const headers = new Headers(response.headers);
    headers.append("Vary", "Accept-Encoding");
    const coding = chooseCoding(request.headers.get("accept-encoding"));
    if (coding === null) return { ...response, headers };
    headers.set("Content-Encoding", coding);
    headers.delete("Content-Length");
    return { ...response, headers, body: await compressors[coding](bytes) };
  };
}

/** The bytes of a response that may be compressed; null for any other. */
function compressible(
  { method, headers: asked }: DoorRequest,
  { headers, body }: DoorResponse,
): Uint8Array | null {
  if (method !== "GET" || isFromOtherSite(asked.get("sec-fetch-site"))) return null;
  if (!headers.get("content-type")?.startsWith("application/json")) return null;
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return bytes instanceof Uint8Array && bytes.byteLength >= LEAST_BYTES ? bytes : null;
}
