import { initTRPC } from "@trpc/server";
import { UploadError } from "../../core/errors.ts";
import type { TicketPrincipal, UserPrincipal } from "../../core/principal.ts";
import type { TrpcContext } from "./context.ts";
import { renderError } from "./render-error.ts";
import { transformer } from "./transformer.ts";

/** A sign of life on quiet subscriptions, well within the patience of proxies (60 s, commonly). */
const PING_MS = 10_000;
/** After so long without one, a client connects anew. */
const SILENCE_MS = 30_000;
/** A subscription ends after so long and the client connects anew: with credentials checked anew. */
const SUBSCRIPTION_MS = 15 * 60_000;

/**
 * The builders that every procedure starts from; each names who may call it. Nobody at all is
 * refused by the door, before tRPC reads the request.
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

  /** Users, and anonymous callers where they may upload. A ticket is for its one upload's bytes only. */
  const withoutTicket = anyPrincipal.use(({ ctx, next }) => {
    const { principal } = ctx;
    if (principal.kind === "ticket") throw new UploadError("UNAUTHENTICATED");
    return next({ ctx: { principal } });
  });

  /** Users, and tickets for what concerns their one upload. */
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
    /** To other signed-in users, what is the administrators' does not exist. */
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
