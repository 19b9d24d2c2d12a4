import type { Principal } from "../../core/principal.ts";
import type { Body } from "../../core/requests.ts";

/** A request to a door, independent of its source: Next, plain Node or a test. */
export interface DoorRequest {
  /** Upper case. */
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  /**
   * The body's bytes, read once; null if there is none. Throws if the body ends early. A door may
   * respond without reading it, or stop reading anywhere: leaving the iterator must not break the
   * connection, and the code that mounts the door ensures that the response still reaches a client
   * that is sending (it discards a short rest; for a long one it reads on within bounds, then closes).
   */
  readonly body: Body | null;
  readonly peer: Peer;
  /** Called once the sender is known, before the body is read. */
  readonly onPrincipal?: ((principal: Principal) => void) | undefined;
  /** Resolves to the trailers once the body has ended, where they reach the door. */
  readonly trailers?: (() => Promise<Headers>) | undefined;
  /** Aborts when the connection breaks before the response is sent. */
  readonly signal: AbortSignal;
}

export interface Peer {
  /** The client's address behind trusted proxies; "" when it is not known. */
  readonly address: string;
  /** The scheme and host that trusted proxies forwarded; null: use PUBLIC_URL. */
  readonly origin: string | null;
}

export interface DoorResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array | string | AsyncIterable<Uint8Array> | null;
}

/** A door responds to every request that reaches it, also with errors. It never throws. */
export type Door = (request: DoorRequest) => Promise<DoorResponse>;

/** What every door knows of its deployment. */
export interface DoorConfig {
  /** Scheme, host and port under which the service is reached, without a trailing slash. */
  readonly publicUrl: string;
  /** Origins that may call with credentials. */
  readonly corsOrigins: readonly string[];
}
