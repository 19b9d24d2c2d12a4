import { NextRequest } from "next/server";
import NextAuth, { type AuthOptions } from "next-auth";
import { guardNextAuth } from "./guard-next-auth.ts";

/** What Next hands to the route `/api/auth/[...nextauth]`. */
export interface NextAuthContext {
  readonly params: Promise<{ nextauth: string[] }>;
}

/** Answers a request below `/api/auth`, GET or POST. Never throws and never answers 500. */
export function serveNextAuth(
  options: AuthOptions,
  request: NextRequest,
  context: NextAuthContext,
): Promise<Response> {
  const answer = async (checked: Request): Promise<Response> =>
    NextAuth(new NextRequest(checked), context, options);
  const report = (error: unknown): void => {
    const reason = error instanceof Error ? error : new Error(String(error));
    options.logger?.error?.("REQUEST_FAILED", reason);
  };
  return guardNextAuth(request, answer, report);
}
