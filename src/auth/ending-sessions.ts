import type { AuthOptions } from "next-auth";

/**
 * Runs one NextAuth request whose sign-out must not be half done: NextAuth swallows what its
 * `signOut` event throws and clears the cookie all the same, while the session would go on on the
 * server. Rejects with that error instead, so that the cookie stays and the user can try again.
 */
export async function endingSessions(
  options: AuthOptions,
  respond: (options: AuthOptions) => Promise<Response>,
): Promise<Response> {
  const failures: unknown[] = [];
  const signOut: NonNullable<AuthOptions["events"]>["signOut"] = async (message) => {
    try {
      await options.events?.signOut?.(message);
    } catch (error) {
      failures.push(error);
    }
  };
  const response = await respond({ ...options, events: { ...options.events, signOut } });
  if (failures.length > 0) throw failures[0];
  return response;
}
