import { redirect } from "next/navigation";
import { currentUser } from "../../auth/current-user.ts";
import { getApplication } from "../../server/get-application.ts";

/** The user who looks at the page at `path`; nobody is sent to sign in, and comes back to it. */
export async function requireUser(path: string) {
  const user = await currentUser(getApplication);
  if (user === null) redirect(`/sign-in?callbackUrl=${encodeURIComponent(path)}`);
  return user;
}
