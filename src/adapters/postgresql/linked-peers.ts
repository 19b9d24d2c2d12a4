import type { PeerAsk, Peers } from "../../core/ports/peers.ts";
import type { Clock, Logger } from "../../core/ports/system.ts";
import type { InstanceLink } from "./instance-link.ts";

type Question = { readonly ask: number } & PeerAsk;
interface Answer {
  readonly answer: number;
  /** The instance that asked. */
  readonly to: string;
  readonly epochs: readonly number[];
}

/** Requests to other instances over the link, and their responses. */
export function createPeers(
  link: InstanceLink,
  { clock, log }: { clock: Clock; log: Logger },
): Peers {
  const waiting = new Map<number, (epochs: readonly number[]) => void>();
  let asked = 0;
  let respond: ((ask: PeerAsk) => Promise<number[]>) | null = null;

  async function reply(question: Question, to: string): Promise<void> {
    const { ask, ...what } = question;
    const epochs = await respond?.(what).catch((error: unknown) => {
      log.warn({ err: error, uploadId: what.uploadId }, "Another instance's question failed");
      return [];
    });
    if (epochs !== undefined && epochs.length > 0) link.send({ answer: ask, to, epochs });
  }

  link.onMessage((message, from) => {
    if (isQuestion(message)) void reply(message, from);
    else if (isAnswer(message) && message.to === link.id)
      waiting.get(message.answer)?.(message.epochs);
  });

  return {
    async ask(ask, { epochs, ms }) {
      const missing = new Set(epochs);
      if (missing.size === 0) return;
      asked += 1;
      const number = asked;
      const over = new AbortController();
      waiting.set(number, (answered) => {
        for (const epoch of answered) missing.delete(epoch);
        if (missing.size === 0) over.abort();
      });
      link.send({ ask: number, ...ask });
      await clock.sleep(ms, over.signal);
      waiting.delete(number);
    },
    answer(responder) {
      respond = responder;
    },
  };
}

function isQuestion(message: unknown): message is Question {
  const { ask, kind, uploadId, range } = Object(message) as Record<string, unknown>;
  if (typeof ask !== "number" || typeof uploadId !== "string") return false;
  if (kind === "yield") return typeof range === "object" && range !== null;
  return kind === "settle" || kind === "complete" || kind === "delete";
}

function isAnswer(message: unknown): message is Answer {
  const { answer, to, epochs } = Object(message) as Record<string, unknown>;
  return typeof answer === "number" && typeof to === "string" && Array.isArray(epochs);
}
