import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { DrfClient } from "./drf-client.ts";
import { formOf } from "./form-sender.ts";
import type { WholeAnswer } from "./http-client.ts";

/** A multipart chunk whose bytes a test gives by hand, over a line that it may cut. */
export interface OpenForm {
  readonly answer: Promise<WholeAnswer>;
  /** Sends more of the chunk's bytes; resolves when they have left this process. */
  give(bytes: Uint8Array): Promise<void>;
  /** Resolves once the server reads the body: it asks for it (100 Continue), which it does no earlier. */
  isRead(): Promise<void>;
  /** Breaks the line as a lost network does. */
  cut(): void;
}

/** Begins a PUT of `length` bytes at `start`. */
export function openForm(
  drf: DrfClient,
  url: string,
  chunk: { start: number; total: number; length: number },
): OpenForm {
  const { start, total, length } = chunk;
  const form = formOf([{ name: "file", filename: "a", body: "" }]);
  const bytes = form.bytes();
  const range = `bytes ${start}-${start + length - 1}/${total}`;
  const outgoing = request(url, {
    method: "PUT",
    agent: false,
    headers: {
      ...drf.headers,
      ...form.headers,
      "content-length": String(bytes.length + length),
      "content-range": range,
      expect: "100-continue",
    },
  });
  const wanted = once(outgoing, "continue");
  wanted.catch(() => undefined);
  outgoing.flushHeaders();
  const write = (piece: Uint8Array) =>
    new Promise<void>((resolve) => outgoing.write(piece, () => resolve()));
  const head = wanted.then(() => write(bytes.subarray(0, bytes.indexOf("\r\n\r\n") + 4)));
  head.catch(() => undefined);
  return {
    answer: answerOf(outgoing),
    async give(piece) {
      await head;
      await write(piece);
    },
    isRead: () => head,
    cut: () => outgoing.destroy(),
  };
}

async function answerOf(outgoing: ReturnType<typeof request>): Promise<WholeAnswer> {
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  outgoing.on("error", () => undefined);
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  const { statusCode: status = 0, headers } = incoming;
  return { status, headers, body, json: () => JSON.parse(body.toString("utf8")) };
}
