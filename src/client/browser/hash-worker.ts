import { readFailure } from "../failure.ts";
import { HashSession } from "../hash-session.ts";
import type { Hasher } from "../hasher.ts";
import { openWasmHasher } from "../hashers.ts";
import type { HashAnswer, HashAsk } from "./hash-messages.ts";

type Ask<Type extends HashAsk["type"]> = Extract<HashAsk, { readonly type: Type }>;

const files = new Map<number, HashSession>();
const streams = new Map<number, Promise<Hasher>>();
const stopped = new Set<number>();
/** The requests of one session run one after another. */
const turns = new Map<number, Promise<void>>();

self.addEventListener("message", ({ data }: MessageEvent<HashAsk>) => {
  if (data.type === "open") open(data);
  else if (data.type === "stop") stopped.add(data.ask);
  else if (data.type === "close") close(data.session);
  else take(data);
});

function open({ session, file, algorithm }: Ask<"open">): void {
  if (file !== null) {
    files.set(session, new HashSession(file, () => openWasmHasher(algorithm)));
    return;
  }
  const hasher = openWasmHasher(algorithm);
  // The session's requests reject with it.
  hasher.catch(() => undefined);
  streams.set(session, hasher);
}

function close(session: number): void {
  files.delete(session);
  streams.delete(session);
  turns.delete(session);
}

function take(data: Ask<"digest"> | Ask<"update">): void {
  const before = turns.get(data.session) ?? Promise.resolve();
  turns.set(
    data.session,
    before.then(() => attempt(data)),
  );
}

async function attempt(data: Ask<"digest"> | Ask<"update">): Promise<void> {
  try {
    await (data.type === "update" ? update(data) : digest(data));
  } catch (thrown) {
    const { code, message } = readFailure(thrown);
    answer({ type: "failed", ask: data.ask, code, message });
  } finally {
    stopped.delete(data.ask);
  }
}

async function update({ session, ask, bytes }: Ask<"update">): Promise<void> {
  const hasher = await streams.get(session);
  hasher?.update(bytes);
  answer({ type: "updated", ask });
}

async function digest({ session, ask, length }: Ask<"digest">): Promise<void> {
  const wanted = (bytes: number) => {
    answer({ type: "read", ask, bytes });
    return !stopped.has(ask) && files.has(session);
  };
  const hasher = await streams.get(session);
  const checksum = hasher?.digest() ?? (await files.get(session)?.digest(length, wanted));
  if (typeof checksum === "string") answer({ type: "digest", ask, checksum });
}

function answer(message: HashAnswer): void {
  self.postMessage(message);
}

// Nothing is sent here before this: a worker that does not start is replaced by the page's own thread.
answer({ type: "ready" });
