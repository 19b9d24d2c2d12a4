const messages: Record<string, string> = {
  CredentialsSignin: "The e-mail address or the password is wrong.",
  EmailNotVerified: "The provider has not verified your e-mail address.",
  SignupClosed: "There is no user with your e-mail address. Ask an administrator for one.",
  AccountDisabled: "This user is disabled.",
  AccessDenied: "You may not sign in.",
  SessionRequired: "Please sign in.",
  Unavailable: "Signing in is not possible at the moment. Try again in a while.",
  Unreachable: "The server cannot be reached. Check your connection and try again.",
};

/** The sentence for the `error` word of a sign-in; one for all words that have none of their own. */
export function signInMessage(error: string): string {
  const minutes = /^RateLimited\.(\d{1,6})$/.exec(error)?.[1];
  if (minutes !== undefined) {
    const unit = minutes === "1" ? "minute" : "minutes";
    return `Too many attempts. Try again in ${minutes} ${unit}.`;
  }
  const known = Object.hasOwn(messages, error) ? messages[error] : undefined;
  return known ?? "Signing in did not work. Try again.";
}
