import type { DoorRequest, DoorResponse } from "../../src/doors/http/exchange.ts";

export interface RequestParts {
  method?: string;
  headers?: Record<string, string>;
  body?: AsyncIterable<Uint8Array> | null;
  origin?: string | null;
  signal?: AbortSignal;
}

/** A request as a mount would hand it to a door. */
export function doorRequest(path: string, parts: RequestParts = {}): DoorRequest {
  return {
    method: parts.method ?? "GET",
    url: new URL(`http://files.example:3000${path}`),
    headers: new Headers({ host: "files.example:3000", ...parts.headers }),
    body: parts.body ?? null,
    peer: { address: "192.0.2.1", origin: parts.origin ?? null },
    signal: parts.signal ?? new AbortController().signal,
  };
}

/** A body that fails the test when anybody reads it. */
export const unreadable: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({
    next: () => Promise.reject(new Error("The body was read.")),
  }),
};

export async function* bodyOf(...pieces: string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield new TextEncoder().encode(piece);
}

/** The bytes of an answer as text. */
export async function textOf({ body }: DoorResponse): Promise<string> {
  if (body === null || typeof body === "string") return body ?? "";
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  let text = "";
  for await (const piece of body) text += new TextDecoder().decode(piece);
  return text;
}

export async function jsonOf(answer: DoorResponse): Promise<Record<string, unknown>> {
  return JSON.parse(await textOf(answer));
}
