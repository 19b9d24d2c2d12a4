import { setTimeout as sleep } from "node:timers/promises";
import { send, type WholeAnswer } from "../support/http-client.ts";
import type { Chance, RandomFile } from "../support/random-file.ts";
import { type History, Violation } from "./history.ts";

/** One upload that a client sends through one door. */
export interface Sending {
  /** Scheme, host and port of nginx. */
  readonly origin: string;
  readonly token: string;
  readonly file: RandomFile;
  /** Stops in the middle and never completes. */
  readonly abandon: boolean;
  readonly chance: Chance;
  readonly history: History;
}

/** A client gives up when this many milliseconds of one call bring only failures. */
const PATIENCE_MS = 180_000;
const MAX_PAUSE_MS = 3_000;
const again = (status: number) => status >= 500 || status === 423 || status === 429;

/** Sends until a response asks for no retry. Null: the connection was closed. */
export async function persist(
  { history }: Sending,
  what: string,
  attempt: () => Promise<WholeAnswer>,
): Promise<WholeAnswer> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let tries = 0; Date.now() < deadline; tries += 1) {
    const answer = await once(history, what, attempt);
    if (answer !== null && !again(answer.status)) return answer;
    await pause(tries, answer);
  }
  throw new Violation(`${what}: only failures for ${PATIENCE_MS / 1_000} s`);
}

/** One attempt; null when the connection broke. */
export async function once(
  history: History,
  what: string,
  attempt: () => Promise<WholeAnswer>,
): Promise<WholeAnswer | null> {
  history.requests += 1;
  try {
    const answer = await attempt();
    const { status } = answer;
    if (status >= 300) history.repeated(String(status));
    history.note(`${what}: ${status}${status >= 300 ? ` ${excerpt(answer)}` : ""}`);
    if (status === 500) throw new Violation(`${what}: 500 ${excerpt(answer)}`);
    return answer;
  } catch (error) {
    if (error instanceof Violation) throw error;
    const { code = String(error) } = error as { code?: string };
    history.repeated("connection");
    history.note(`${what}: ${code}`);
    return null;
  }
}

/** Waits as `Retry-After` says, else longer after each failure. */
export async function pause(tries: number, answer: WholeAnswer | null): Promise<void> {
  const told = Number(answer?.headers["retry-after"] ?? Number.NaN) * 1_000;
  const own = Math.min(MAX_PAUSE_MS, 200 * 2 ** Math.min(tries, 5));
  await sleep(Number.isNaN(told) ? own : Math.min(told, MAX_PAUSE_MS));
}

/** Throws a `Violation` unless the response has `status`. */
export function mustBe(status: number, what: string, answer: WholeAnswer): WholeAnswer {
  if (answer.status === status) return answer;
  throw new Violation(`${what}: ${answer.status} ${excerpt(answer)}`);
}

/** A tRPC mutation, repeated until it is answered. Returns its output. */
export async function mutate(
  sending: Sending,
  procedure: string,
  input: object,
): Promise<Record<string, unknown>> {
  const answer = await persist(sending, procedure, () =>
    send(`${sending.origin}/api/trpc/${procedure}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${sending.token}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ json: input }),
    }),
  );
  mustBe(200, procedure, answer);
  return (answer.json() as { result: { data: { json: Record<string, unknown> } } }).result.data
    .json;
}

function excerpt({ body }: WholeAnswer): string {
  return body.toString("utf8").replaceAll(/\s+/g, " ").slice(0, 300);
}
