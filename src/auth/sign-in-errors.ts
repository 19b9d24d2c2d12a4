/**
 * The words for a failed sign-in that travel in the `error` parameter of the sign-in page, in addition to
 * NextAuth's own (`CredentialsSignin`, `OAuthSignin`, `OAuthCallback`, …).
 */
export type SignInError =
  | "EmailNotVerified"
  | "SignupClosed"
  | "AccountDisabled"
  | "Unavailable"
  | `RateLimited.${number}`;

/** Too many attempts: the parameter carries after how many minutes to try again, rounded up. */
export function rateLimitedError(retryAfterMs: number): SignInError {
  return `RateLimited.${Math.max(1, Math.ceil(retryAfterMs / 60_000))}`;
}
