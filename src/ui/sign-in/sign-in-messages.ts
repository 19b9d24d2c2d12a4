const messages: Record<string, string> = {
  CredentialsSignin: "The e-mail address or the password is wrong.",
  EmailNotVerified: "The provider has not verified your e-mail address.",
  SignupClosed: "No user has your e-mail address. Ask an administrator to create one.",
  AccountDisabled: "This user is disabled.",
  AccessDenied: "You are not allowed to sign in.",
  SessionRequired: "Please sign in.",
  Unavailable: "Sign-in is currently unavailable. Try again later.",
  Unreachable: "The server cannot be reached. Check your connection and try again.",
};

/** The message for the `error` code of a sign-in, with a default for unknown codes. */
export function signInMessage(error: string): string {
  const minutes = /^RateLimited\.(\d{1,6})$/.exec(error)?.[1];
  if (minutes !== undefined) {
    const unit = minutes === "1" ? "minute" : "minutes";
    return `Too many attempts. Try again in ${minutes} ${unit}.`;
  }
  const known = Object.hasOwn(messages, error) ? messages[error] : undefined;
  return known ?? "Sign-in failed. Try again.";
}
