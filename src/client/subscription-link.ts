import {
  type Operation,
  type OperationResultEnvelope,
  TRPCClientError,
  type TRPCLink,
} from "@trpc/client";
import { observable } from "@trpc/server/observable";
import superjson, { type SuperJSONResult } from "superjson";
import type { AnyAppRouter } from "../doors/trpc/router-contract.ts";
import { backoffMs, type RetryPolicy, TOKEN_TRIES } from "./backoff.ts";
import type { Bearer } from "./bearer.ts";
import { EventReader, type StreamEvent } from "./event-stream.ts";
import { foreignAnswer, isRetryable, readFailure } from "./failure.ts";
import type { ClientRuntime } from "./runtime.ts";
import { sleepOrReconnect } from "./sleep-or-reconnect.ts";

/** How subscriptions travel. */
export interface SubscriptionLine extends Pick<ClientRuntime, "clock" | "network" | "random"> {
  /** Of the tRPC door. */
  readonly url: string;
  readonly bearer: Bearer;
  readonly fetch: typeof globalThis.fetch;
  /** No answer for so long (ms): the line is dead. */
  readonly stallMs: number;
  readonly policy: RetryPolicy;
}

type ClientError = TRPCClientError<AnyAppRouter>;
type Told = OperationResultEnvelope<unknown, ClientError>["result"];

/**
 * Subscriptions over `fetch`: a browser's `EventSource` sends no `Authorization`, and no credential
 * belongs into a URL (wire contract, `uploads.watch`). A line that breaks is taken up again after
 * the last event that was seen, for as long as somebody listens; what the server refuses for good
 * ends it. Anything else goes to the next link.
 */
export function subscriptionLink(line: SubscriptionLine): TRPCLink<AnyAppRouter> {
  return () =>
    ({ op, next }) => {
      if (op.type !== "subscription") return next(op);
      return observable((observer) => {
        const over = new AbortController();
        const signal = AbortSignal.any([over.signal, ...(op.signal ? [op.signal] : [])]);
        new Subscription(line, op, (result) => observer.next({ result })).follow(signal).then(
          () => observer.complete(),
          (thrown: Error) => observer.error(TRPCClientError.from(thrown)),
        );
        return () => {
          // Nothing is told any more to whoever has left.
          observer.complete();
          over.abort();
        };
      });
    };
}

class Subscription {
  readonly #line: SubscriptionLine;
  readonly #op: Operation;
  readonly #tell: (result: Told) => void;
  #lastEventId = "";
  /** Connections in a row that told nothing, and how many of them were refused (401). */
  #tries = 0;
  #refusals = 0;

  constructor(line: SubscriptionLine, op: Operation, tell: (result: Told) => void) {
    this.#line = line;
    this.#op = op;
    this.#tell = tell;
  }

  /** Connects again and again until the server or `signal` ends it. Throws what will not pass. */
  async follow(signal: AbortSignal): Promise<void> {
    this.#tell({ type: "state", state: "connecting", error: null });
    while (!signal.aborted) {
      const end = await this.#connect(signal).catch((thrown: Error) => thrown);
      if (signal.aborted || end === "stopped") return;
      await this.#pause(end === "ended" ? null : TRPCClientError.from(end), signal);
    }
  }

  /** Waits until it makes sense to connect again; throws `error` when it does not. */
  async #pause(error: ClientError | null, signal: AbortSignal): Promise<void> {
    const { policy, random } = this.#line;
    const failure = error === null ? null : readFailure(error);
    this.#tries += 1;
    const isRefused = failure?.code === "UNAUTHENTICATED" && this.#mayRenew();
    if (failure !== null && !isRefused && !isRetryable(failure.code)) throw error;
    this.#tell({ type: "state", state: "connecting", error });
    // A fresh token is welcome at once.
    if (isRefused && this.#refusals === 1) return;
    const { retryAfterMs } = failure ?? { retryAfterMs: null };
    const ms = backoffMs(this.#tries, { retryAfterMs }, { policy, random });
    await sleepOrReconnect(this.#line, ms, signal);
  }

  #mayRenew(): boolean {
    this.#refusals += 1;
    return this.#line.bearer.renews && this.#refusals < TOKEN_TRIES;
  }

  /** One connection, until it ends: `stopped` by the server for good. */
  async #connect(signal: AbortSignal): Promise<"stopped" | "ended"> {
    const { fetch, bearer, stallMs } = this.#line;
    const authorization = await bearer.header();
    const silence = new Silence(stallMs);
    try {
      const response = await fetch(this.#url(), {
        headers: { accept: "text/event-stream", ...(authorization && { authorization }) },
        cache: "no-store",
        signal: AbortSignal.any([signal, silence.signal]),
      });
      if (response.status === 401) await bearer.refused(authorization);
      if (!isEventStream(response)) throw await refusalOf(response);
      return await this.#hear(response.body, silence);
    } finally {
      silence.end();
    }
  }

  async #hear(
    body: ReadableStream<Uint8Array> | null,
    silence: Silence,
  ): Promise<"stopped" | "ended"> {
    const reader = body?.getReader();
    const events = new EventReader();
    try {
      for (;;) {
        const piece = await reader?.read();
        if (piece === undefined || piece.done) return "ended";
        silence.broken();
        for (const event of events.read(piece.value)) {
          if (event.type === "return") return this.#stopped();
          this.#take(event, silence);
        }
      }
    } finally {
      // Without this a connection that ends by an event of its own stays open.
      reader?.cancel().catch(() => undefined);
    }
  }

  /** The names are those of tRPC's own streams. Throws what the server says went wrong. */
  #take({ type, data, id }: StreamEvent, silence: Silence): void {
    if (type === "connected") {
      const { reconnectAfterInactivityMs: most } = JSON.parse(data);
      silence.mayLast(typeof most === "number" ? most : null);
      this.#tell({ type: "started" });
      this.#tell({ type: "state", state: "pending", error: null });
      return;
    }
    if (type === "serialized-error") {
      throw TRPCClientError.from({ error: superjson.deserialize(JSON.parse(data)) });
    }
    this.#tries = 0;
    this.#refusals = 0;
    if (type !== "message") return;
    const value = superjson.deserialize(JSON.parse(data));
    this.#lastEventId = id;
    this.#tell(id === "" ? { data: value } : { id, data: { id, data: value } });
  }

  #stopped(): "stopped" {
    this.#tell({ type: "stopped" });
    this.#tell({ type: "state", state: "idle", error: null });
    return "stopped";
  }

  #url(): string {
    const { input, path } = this.#op;
    const last = this.#lastEventId === "" ? {} : { lastEventId: this.#lastEventId };
    const asked = superjson.serialize({ ...(input as object | undefined), ...last });
    return `${this.#line.url}/${path}?input=${encodeURIComponent(JSON.stringify(asked))}`;
  }
}

/** Ends a line on which nothing has come for too long. */
class Silence {
  readonly #over = new AbortController();
  #most: number | null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Milliseconds; null: for ever. */
  constructor(most: number | null) {
    this.#most = most;
    this.broken();
  }

  /** Aborts when it has lasted too long. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  mayLast(ms: number | null): void {
    this.#most = ms;
    this.broken();
  }

  broken(): void {
    clearTimeout(this.#timer);
    if (this.#most === null) return;
    const over = () => this.#over.abort(new Error("The line has gone silent."));
    this.#timer = setTimeout(over, this.#most);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

function isEventStream({ ok, headers }: Response): boolean {
  return ok && (headers.get("content-type")?.startsWith("text/event-stream") ?? false);
}

/** Why there is no stream: tRPC's error, or something between us and the server spoke. */
async function refusalOf(response: Response): Promise<Error> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error: SuperJSONResult };
    const shape = superjson.deserialize<{ code: number; message: string }>(error);
    return TRPCClientError.from({ error: shape }, { meta: { response } });
  } catch {
    return foreignAnswer(response);
  }
}
