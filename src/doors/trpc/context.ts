import type { Principal } from "../../core/principal.ts";

/** The HTTP request of a call, as far as procedures need it. */
export interface TrpcContext {
  /** Requests without a principal are refused before a procedure is looked up. */
  readonly principal: Principal;
  /** Scheme and host for the URLs in responses. */
  readonly origin: string;
}
