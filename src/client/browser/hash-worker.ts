import { readFailure } from "../failure.ts";
import { HashSession } from "../hash-session.ts";
import type { Hasher } from "../hasher.ts";
import { openWasmHasher } from "../hashers.ts";
import type { HashRequest, HashResponse } from "./hash-messages.ts";

type RequestOf<Type extends HashRequest["type"]> = Extract<HashRequest, { readonly type: Type }>;

const files = new Map<number, HashSession>();
const streams = new Map<number, Promise<Hasher>>();
const stopped = new Set<number>();
/** The requests of one session run one after another. */
const queues = new Map<number, Promise<void>>();

self.addEventListener("message", ({ data }: MessageEvent<HashRequest>) => {
  if (data.type === "open") open(data);
  else if (data.type === "stop") stopped.add(data.request);
  else if (data.type === "close") close(data.session);
  else enqueue(data);
});

function open({ session, file, algorithm }: RequestOf<"open">): void {
  if (file !== null) {
    files.set(session, new HashSession(file, () => openWasmHasher(algorithm)));
    return;
  }
  const hasher = openWasmHasher(algorithm);
  // Reported by the requests of the session.
  hasher.catch(() => undefined);
  streams.set(session, hasher);
}

function close(session: number): void {
  files.delete(session);
  streams.delete(session);
  queues.delete(session);
}

function enqueue(data: RequestOf<"digest"> | RequestOf<"update">): void {
  const previous = queues.get(data.session) ?? Promise.resolve();
  queues.set(
    data.session,
    previous.then(() => run(data)),
  );
}

async function run(data: RequestOf<"digest"> | RequestOf<"update">): Promise<void> {
  try {
    await (data.type === "update" ? update(data) : digest(data));
  } catch (thrown) {
    const { code, message } = readFailure(thrown);
    respond({ type: "failed", request: data.request, code, message });
  } finally {
    stopped.delete(data.request);
  }
}

async function update({ session, request, bytes }: RequestOf<"update">): Promise<void> {
  const hasher = await streams.get(session);
  hasher?.update(bytes);
  respond({ type: "updated", request });
}

async function digest({ session, request, length }: RequestOf<"digest">): Promise<void> {
  const isWanted = (bytes: number) => {
    respond({ type: "read", request, bytes });
    return !stopped.has(request) && files.has(session);
  };
  const hasher = await streams.get(session);
  const checksum = hasher?.digest() ?? (await files.get(session)?.digest(length, isWanted));
  if (typeof checksum === "string") respond({ type: "digest", request, checksum });
}

function respond(message: HashResponse): void {
  self.postMessage(message);
}

// The page sends nothing before this message: without it, the page computes digests on its own thread.
respond({ type: "ready" });
