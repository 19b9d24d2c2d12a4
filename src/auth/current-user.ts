import { headers } from "next/headers";
import type { Authenticate } from "../core/ports/authenticator.ts";
import type { UserPrincipal } from "../core/principal.ts";

/**
 * Who looks at a page, for server components and layouts: the user of the session cookie, or null.
 * `getApplication` is handed in, since this layer does not know the composition root.
 * Throws UNAVAILABLE when the database is away.
 */
export async function currentUser(
  getApplication: () => Promise<{ auth: { authenticate: Authenticate } }>,
): Promise<UserPrincipal | null> {
  const cookie = (await headers()).get("cookie");
  const { auth } = await getApplication();
  const found = await auth.authenticate({ authorization: null, cookie });
  return found?.principal.kind === "user" ? found.principal : null;
}
