/** What the sign-in page says, but for the reasons of a refusal (`signInMessage`). */
export const signInMessages = {
  title: "Sign in",
  email: "E-mail",
  password: "Password",
  action: "Sign in",
  busy: "Signing in…",
  or: "or",
  provider: (name: string) => `Continue with ${name}`,
} as const;
