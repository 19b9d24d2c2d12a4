import { createTRPCClient, httpBatchLink, type TRPCClient } from "@trpc/client";
import superjson from "superjson";
import type { AppRouter } from "../../src/doors/trpc/app-router.ts";

/** A bearer token, a `Cookie` header of a session, or nothing. */
export type Credential = string | { readonly cookie: string } | undefined;

/** The typed client of a server at `url`. */
export function trpcClient(url: string, credential?: Credential): TRPCClient<AppRouter> {
  return createTRPCClient<AppRouter>({
    links: [
      httpBatchLink({
        url: `${url}/api/trpc`,
        transformer: superjson,
        headers: () => credentialHeaders(credential),
      }),
    ],
  });
}

function credentialHeaders(credential: Credential): Record<string, string> {
  if (credential === undefined) return {};
  if (typeof credential === "string") return { authorization: `Bearer ${credential}` };
  return { cookie: credential.cookie, "sec-fetch-site": "same-origin" };
}
