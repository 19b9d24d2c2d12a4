import type { Principal } from "../../core/principal.ts";

/** What procedures know of the HTTP request that called them. */
export interface TrpcContext {
  /** Who is asking; requests without a principal end before any procedure is looked up. */
  readonly principal: Principal;
  /** Scheme and host by which the client reaches us, for the URLs in responses. */
  readonly origin: string;
  /** The request's id in the log; null where no server gave it one. */
  readonly requestId: string | null;
}

/** The client and the request, for an audit line. */
export function auditedCall({
  principal,
  requestId,
}: Pick<TrpcContext, "principal" | "requestId">) {
  return { userId: principal.kind === "user" ? principal.id : principal.kind, requestId };
}
