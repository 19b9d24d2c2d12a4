import type { Principal } from "../../core/principal.ts";
import type { Body } from "../../core/requests.ts";

/** A request as doors see it: the same whether Next, plain Node or a test brings it. */
export interface DoorRequest {
  /** Upper case. */
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  /**
   * The body's bytes, read once; null when there is none. Ends early by throwing. A door may answer
   * without reading it, or stop anywhere: leaving the iterator must not break the line, and whoever
   * mounts the door sees that the answer still reaches a caller who is sending (drop a short rest;
   * with a long one close our side, and go on reading for a while before the line is cut).
   */
  readonly body: Body | null;
  readonly peer: Peer;
  /** Called once the sender is known, before the body is read. */
  readonly onPrincipal?: ((principal: Principal) => void) | undefined;
  /** Resolves to the trailers once the body has ended, where they reach the door. */
  readonly trailers?: (() => Promise<Headers>) | undefined;
  /** Aborts when the caller's line breaks before the answer is out. */
  readonly signal: AbortSignal;
}

export interface Peer {
  /** The caller's address, trusted proxies taken off; "" when nobody stamped one. */
  readonly address: string;
  /** The scheme and host by which the caller reached us, by trusted proxies' word; null: use PUBLIC_URL. */
  readonly origin: string | null;
}

export interface DoorResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array | string | AsyncIterable<Uint8Array> | null;
}

/** A door answers every request that reaches it: errors are answers too. It never throws. */
export type Door = (request: DoorRequest) => Promise<DoorResponse>;

/** What every door is told about the world in front of it. */
export interface DoorConfig {
  /** Scheme, host and port under which the service is reached, without a trailing slash. */
  readonly publicUrl: string;
  /** Origins that may call with credentials. */
  readonly corsOrigins: readonly string[];
}
