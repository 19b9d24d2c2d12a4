/** How an attempt to sign in ended: where to go, or the word for `signInMessage`. */
export type SignInOutcome = { readonly go: string } | { readonly error: string };

/** Signs in by e-mail and password. Never throws; `go` is `next` then. */
export async function signInWithPassword(
  credentials: { email: string; password: string },
  next: string,
): Promise<SignInOutcome> {
  return attempt(async () => {
    const answer = await post("callback/credentials", { ...credentials, callbackUrl: next });
    const url = new URL(answer.url, window.location.origin);
    const error = url.searchParams.get("error");
    if (error !== null) return { error };
    // The token against forged forms did not fit, as when cookies are blocked.
    return url.searchParams.has("csrf") ? { error: "Callback" } : { go: next };
  });
}

/** Begins to sign in at a provider; `go` is its address. Never throws. */
export async function signInWithProvider(id: string, next: string): Promise<SignInOutcome> {
  return attempt(async () => {
    const { url } = await post(`signin/${encodeURIComponent(id)}`, { callbackUrl: next });
    const error = new URL(url, window.location.origin).searchParams.get("error");
    return error === null ? { go: url } : { error };
  });
}

/** Ends the session of this browser. Throws when the server cannot be reached or did not do it. */
export async function signOut(): Promise<void> {
  const { url } = await post("signout", { callbackUrl: "/sign-in" });
  if (url === undefined) throw new Error("The server did not end the session.");
}

/** Lets the session's time run anew; it ends thirty days after the last such request. */
export async function renewSession(): Promise<void> {
  await fetch("/api/auth/session", { credentials: "same-origin" });
}

async function attempt(work: () => Promise<SignInOutcome>): Promise<SignInOutcome> {
  try {
    return await work();
  } catch {
    return { error: "Unreachable" };
  }
}

/** Posts a form to NextAuth, which asks for the token that it set as a cookie before. */
async function post(path: string, fields: Record<string, string>): Promise<{ url: string }> {
  const answered = await fetch("/api/auth/csrf", { credentials: "same-origin" });
  const { csrfToken } = (await answered.json()) as { csrfToken: string };
  const response = await fetch(`/api/auth/${path}`, {
    method: "POST",
    credentials: "same-origin",
    body: new URLSearchParams({ ...fields, csrfToken, json: "true" }),
  });
  return (await response.json()) as { url: string };
}
