import type { AuthOptions } from "next-auth";

/**
 * Runs one NextAuth request and reports a failed sign-out. NextAuth ignores errors of its `signOut` event and
 * clears the cookie although the session still exists on the server. This rejects with that error
 * instead, so that the cookie stays and the user can try again.
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
