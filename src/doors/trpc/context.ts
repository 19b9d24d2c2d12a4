import type { Principal } from "../../core/principal.ts";

/** What procedures know of the HTTP request that called them. */
export interface TrpcContext {
  /** Who is asking; requests of nobody end before any procedure is looked up. */
  readonly principal: Principal;
  /** Scheme and host by which the caller reaches us, for the URLs in answers. */
  readonly origin: string;
}
