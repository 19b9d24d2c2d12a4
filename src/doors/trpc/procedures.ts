import { initTRPC } from "@trpc/server";
import { UploadError } from "../../core/errors.ts";
import type { TicketPrincipal, UserPrincipal } from "../../core/principal.ts";
import type { TrpcContext } from "./context.ts";
import { renderError } from "./render-error.ts";
import { transformer } from "./transformer.ts";

/** Interval of pings on subscriptions; proxies commonly close a silent connection after 60 s. */
const PING_MS = 10_000;
/** A client reconnects after this time without an event or ping. */
const SILENCE_MS = 30_000;
/** Duration of a subscription; then the client reconnects, which checks its credentials again. */
const SUBSCRIPTION_MS = 15 * 60_000;

/**
 * The builders of all procedures; each one restricts who may call it. The door refuses requests without a
 * principal before tRPC reads them.
 */
export function createProcedures({ isDev }: { isDev: boolean }) {
  const t = initTRPC.context<TrpcContext>().create({
    transformer,
    isDev,
    errorFormatter: renderError,
    sse: {
      maxDurationMs: SUBSCRIPTION_MS,
      ping: { enabled: true, intervalMs: PING_MS },
      client: { reconnectAfterInactivityMs: SILENCE_MS },
    },
  });

  const anyPrincipal = t.procedure;

  /** Users, and anonymous clients where they are allowed. A ticket may only send the bytes of its upload. */
  const withoutTicket = anyPrincipal.use(({ ctx, next }) => {
    const { principal } = ctx;
    if (principal.kind === "ticket") throw new UploadError("UNAUTHENTICATED");
    return next({ ctx: { principal } });
  });

  /** Users, and tickets for their own upload. */
  const withCredential = anyPrincipal.use(({ ctx, next }) => {
    const { principal } = ctx;
    if (principal.kind === "anonymous") throw new UploadError("UNAUTHENTICATED");
    return next({ ctx: { principal: principal satisfies UserPrincipal | TicketPrincipal } });
  });

  const signedIn = anyPrincipal.use(({ ctx, next }) => next({ ctx: { principal: asUser(ctx) } }));

  /** A leaked token must not be able to make more tokens, or users. */
  const sessionOnly = signedIn.use(({ ctx, next }) => {
    if (ctx.principal.via !== "session") throw new UploadError("UNAUTHENTICATED");
    return next();
  });

  return {
    router: t.router,
    anyPrincipal,
    withoutTicket,
    withCredential,
    signedIn,
    sessionOnly,
    /** NOT_FOUND for other signed-in users. */
    adminOnly: signedIn.use(({ ctx, next }) => {
      refuseOthers(ctx.principal);
      return next();
    }),
    adminSessionOnly: sessionOnly.use(({ ctx, next }) => {
      refuseOthers(ctx.principal);
      return next();
    }),
  };
}

export type Procedures = ReturnType<typeof createProcedures>;

function asUser({ principal }: TrpcContext): UserPrincipal {
  if (principal.kind !== "user") throw new UploadError("UNAUTHENTICATED");
  return principal;
}

function refuseOthers(principal: UserPrincipal): void {
  if (principal.role !== "admin") throw new UploadError("NOT_FOUND");
}
