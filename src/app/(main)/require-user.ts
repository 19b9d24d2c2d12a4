import { redirect } from "next/navigation";
import { currentUser } from "../../auth/current-user.ts";
import { getApplication } from "../../server/get-application.ts";

/** Returns the signed-in user. Without one, redirects to sign-in, which returns to `path`. */
export async function requireUser(path: string) {
  const user = await currentUser(getApplication);
  if (user === null) redirect(`/sign-in?callbackUrl=${encodeURIComponent(path)}`);
  return user;
}
