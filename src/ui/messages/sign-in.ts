/** Texts of the sign-in page. `signInMessage` has the error messages. */
export const signInMessages = {
  title: "Sign in",
  email: "E-mail",
  password: "Password",
  action: "Sign in",
  busy: "Signing in…",
  or: "or",
  provider: (name: string) => `Continue with ${name}`,
} as const;
