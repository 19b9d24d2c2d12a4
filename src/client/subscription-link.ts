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
import { foreignResponse, isRetryable, readFailure } from "./failure.ts";
import type { ClientRuntime } from "./runtime.ts";
import { sleepOrReconnect } from "./sleep-or-reconnect.ts";
import { type StallTimer, startStallTimer } from "./stall-timer.ts";

/** The server, credential and retry policy of subscriptions. */
export interface SubscriptionConnection
  extends Pick<ClientRuntime, "clock" | "network" | "random"> {
  /** The URL of the tRPC door. */
  readonly url: string;
  readonly bearer: Bearer;
  readonly fetch: typeof globalThis.fetch;
  /** A request fails after this many milliseconds without a response. */
  readonly stallMs: number;
  readonly policy: RetryPolicy;
}

type ClientError = TRPCClientError<AnyAppRouter>;
type Result = OperationResultEnvelope<unknown, ClientError>["result"];

/**
 * Subscriptions over `fetch`: a browser's `EventSource` sends no `Authorization`, and no credential
 * belongs in a URL (wire contract, `uploads.watch`). While there is a subscriber, a connection that
 * breaks is opened again and continues after the last event; a permanent refusal ends the
 * subscription. Other calls go to the next link.
 */
export function subscriptionLink(connection: SubscriptionConnection): TRPCLink<AnyAppRouter> {
  return () =>
    ({ op, next }) => {
      if (op.type !== "subscription") return next(op);
      return observable((observer) => {
        const over = new AbortController();
        const signal = AbortSignal.any([over.signal, ...(op.signal ? [op.signal] : [])]);
        new Subscription(connection, op, (result) => observer.next({ result })).follow(signal).then(
          () => observer.complete(),
          (thrown: Error) => observer.error(TRPCClientError.from(thrown)),
        );
        return () => {
          // A subscriber that has left receives nothing more.
          observer.complete();
          over.abort();
        };
      });
    };
}

class Subscription {
  readonly #connection: SubscriptionConnection;
  readonly #op: Operation;
  readonly #emit: (result: Result) => void;
  #lastEventId = "";
  /** Consecutive connections without an event, and how many of them were refused (401). */
  #tries = 0;
  #refusals = 0;

  constructor(connection: SubscriptionConnection, op: Operation, emit: (result: Result) => void) {
    this.#connection = connection;
    this.#op = op;
    this.#emit = emit;
  }

  /** Connects again until the server or `signal` ends it. Throws a permanent failure. */
  async follow(signal: AbortSignal): Promise<void> {
    this.#emit({ type: "state", state: "connecting", error: null });
    while (!signal.aborted) {
      const end = await this.#connect(signal).catch((thrown: Error) => thrown);
      if (signal.aborted || end === "stopped") return;
      await this.#pause(end === "ended" ? null : TRPCClientError.from(end), signal);
    }
  }

  /** Waits until a new connection makes sense; throws `error` when it never does. */
  async #pause(error: ClientError | null, signal: AbortSignal): Promise<void> {
    const { policy, random } = this.#connection;
    const failure = error === null ? null : readFailure(error);
    this.#tries += 1;
    const isRefused = failure?.code === "UNAUTHENTICATED" && this.#mayRenew();
    if (failure !== null && !isRefused && !isRetryable(failure.code)) throw error;
    this.#emit({ type: "state", state: "connecting", error });
    // The first retry with a new token needs no delay.
    if (isRefused && this.#refusals === 1) return;
    const { retryAfterMs } = failure ?? { retryAfterMs: null };
    const ms = backoffMs(this.#tries, { retryAfterMs }, { policy, random });
    await sleepOrReconnect(this.#connection, ms, signal);
  }

  #mayRenew(): boolean {
    this.#refusals += 1;
    return this.#connection.bearer.renews && this.#refusals < TOKEN_TRIES;
  }

  /** One connection, until it ends; `stopped`: the server has ended the subscription. */
  async #connect(signal: AbortSignal): Promise<"stopped" | "ended"> {
    const { fetch, bearer, stallMs } = this.#connection;
    const authorization = await bearer.header();
    const inactivity = new InactivityTimer(stallMs);
    try {
      const response = await fetch(this.#url(), {
        headers: { accept: "text/event-stream", ...(authorization && { authorization }) },
        cache: "no-store",
        signal: AbortSignal.any([signal, inactivity.signal]),
      });
      if (response.status === 401) await bearer.refused(authorization);
      if (!isEventStream(response)) throw await refusalOf(response);
      return await this.#readEvents(response.body, inactivity);
    } finally {
      inactivity.end();
    }
  }

  async #readEvents(
    body: ReadableStream<Uint8Array> | null,
    inactivity: InactivityTimer,
  ): Promise<"stopped" | "ended"> {
    const reader = body?.getReader();
    const events = new EventReader();
    try {
      for (;;) {
        const piece = await reader?.read();
        if (piece === undefined || piece.done) return "ended";
        inactivity.restart();
        for (const event of events.read(piece.value)) {
          if (event.type === "return") return this.#stopped();
          this.#take(event, inactivity);
        }
      }
    } finally {
      // Without this, the connection stays open after the event that ends the subscription.
      reader?.cancel().catch(() => undefined);
    }
  }

  /** The event names are those of tRPC's streams. Throws the error that the server reports. */
  #take({ type, data, id }: StreamEvent, inactivity: InactivityTimer): void {
    if (type === "connected") {
      const { reconnectAfterInactivityMs: most } = JSON.parse(data);
      inactivity.limit(typeof most === "number" ? most : null);
      this.#emit({ type: "started" });
      this.#emit({ type: "state", state: "pending", error: null });
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
    this.#emit(id === "" ? { data: value } : { id, data: { id, data: value } });
  }

  #stopped(): "stopped" {
    this.#emit({ type: "stopped" });
    this.#emit({ type: "state", state: "idle", error: null });
    return "stopped";
  }

  #url(): string {
    const { input, path } = this.#op;
    const last = this.#lastEventId === "" ? {} : { lastEventId: this.#lastEventId };
    const asked = superjson.serialize({ ...(input as object | undefined), ...last });
    return `${this.#connection.url}/${path}?input=${encodeURIComponent(JSON.stringify(asked))}`;
  }
}

/** Aborts a connection on which nothing was received for too long. */
class InactivityTimer {
  readonly #over = new AbortController();
  #timer: StallTimer | null = null;

  /** Milliseconds; null: no limit. */
  constructor(most: number | null) {
    this.limit(most);
  }

  /** Aborts when it has lasted too long. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  limit(ms: number | null): void {
    this.end();
    const over = () => this.#over.abort(new Error(`Nothing was received for ${ms} ms.`));
    this.#timer = ms === null ? null : startStallTimer(ms, over);
  }

  restart(): void {
    this.#timer?.alive();
  }

  end(): void {
    this.#timer?.end();
  }
}

function isEventStream({ ok, headers }: Response): boolean {
  return ok && (headers.get("content-type")?.startsWith("text/event-stream") ?? false);
}

/** Why there is no stream: tRPC's error, or a response that did not come from the server. */
async function refusalOf(response: Response): Promise<Error> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error: SuperJSONResult };
    const shape = superjson.deserialize<{ code: number; message: string }>(error);
    return TRPCClientError.from({ error: shape }, { meta: { response } });
  } catch {
    return foreignResponse(response);
  }
}
