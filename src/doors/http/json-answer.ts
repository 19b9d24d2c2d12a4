import type { DoorResponse } from "./exchange.ts";

/** A JSON response that is not cached. */
export function answerJson(
  value: unknown,
  options: { status?: number; headers?: Headers } = {},
): DoorResponse {
  const headers = new Headers(options.headers);
  headers.set("Content-Type", "application/json");
  headers.set("Cache-Control", "no-store");
  return { status: options.status ?? 200, headers, body: JSON.stringify(value) };
}
