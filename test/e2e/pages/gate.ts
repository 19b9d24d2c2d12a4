import type { HttpRequest } from "tus-js-client";

/** A recorded request of the client. */
export interface PageRequest {
  readonly method: string;
  readonly url: string;
  readonly offset: number | null;
}

/** Controls the requests of the page. */
export interface Gate {
  readonly sent: PageRequest[];
  /** Number of waiting PATCH requests. */
  held: number;
  /** Lets `count` more PATCH requests pass. Requests that already wait are never sent. */
  letPass(count: number): void;
}

const PAUSE_MS = 20;

let left = Number.POSITIVE_INFINITY;
let turn = 0;

export const gate: Gate = {
  sent: [],
  held: 0,
  letPass(count) {
    left = count;
    turn += 1;
    gate.held = 0;
  },
};

/** The clients' `onBeforeRequest`: records the request, and blocks PATCH requests at the gate. */
export async function beforeRequest(request: HttpRequest): Promise<void> {
  const method = request.getMethod();
  if (method === "PATCH") await passGate();
  const offset = request.getHeader("Upload-Offset");
  gate.sent.push({
    method,
    url: request.getURL(),
    offset: offset === undefined ? null : Number(offset),
  });
}

async function passGate(): Promise<void> {
  const mine = turn;
  if (left <= 0) gate.held += 1;
  while (left <= 0 || mine !== turn) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  left -= 1;
}

Object.assign(globalThis, { gate });
