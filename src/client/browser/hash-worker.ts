import type { HashAnswer, HashAsk } from "./hash-messages.ts";
import { HashSession } from "./hash-session.ts";

const sessions = new Map<number, HashSession>();
const stopped = new Set<number>();
/** Digests of one session run one after another: they share its position. */
const turns = new Map<number, Promise<void>>();

self.addEventListener("message", ({ data }: MessageEvent<HashAsk>) => {
  if (data.type === "open") sessions.set(data.session, new HashSession(data.file, data.algorithm));
  else if (data.type === "stop") stopped.add(data.ask);
  else if (data.type === "close") close(data.session);
  else
    turns.set(
      data.session,
      (turns.get(data.session) ?? Promise.resolve()).then(() => digest(data)),
    );
});

function close(session: number): void {
  sessions.delete(session);
  turns.delete(session);
}

async function digest({
  session,
  ask,
  length,
}: {
  session: number;
  ask: number;
  length: number;
}): Promise<void> {
  try {
    const checksum = await sessions.get(session)?.digest(length, (bytes) => {
      answer({ type: "read", ask, bytes });
      return !stopped.has(ask) && sessions.has(session);
    });
    if (typeof checksum === "string") answer({ type: "digest", ask, checksum });
  } catch (thrown) {
    const unreadable = thrown instanceof DOMException;
    answer({ type: "failed", ask, unreadable, message: String(thrown) });
  } finally {
    stopped.delete(ask);
  }
}

function answer(message: HashAnswer): void {
  self.postMessage(message);
}
