import { NextRequest } from "next/server";
import NextAuth, { type AuthOptions } from "next-auth";
import { endingSessions } from "./ending-sessions.ts";
import { guardNextAuth } from "./guard-next-auth.ts";

/** What Next hands to the route `/api/auth/[...nextauth]`. */
export interface NextAuthContext {
  readonly params: Promise<{ nextauth: string[] }>;
}

/** Responds to a request below `/api/auth`, GET or POST. Never throws and never responds with 500. */
export function serveNextAuth(
  options: AuthOptions,
  request: NextRequest,
  context: NextAuthContext,
): Promise<Response> {
  const answer = (checked: Request): Promise<Response> =>
    endingSessions(options, (own) => NextAuth(new NextRequest(checked), context, own));
  const report = (error: unknown): void => {
    const reason = error instanceof Error ? error : new Error(String(error));
    options.logger?.error?.("REQUEST_FAILED", reason);
  };
  return guardNextAuth(request, answer, report);
}
