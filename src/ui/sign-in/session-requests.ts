/** The result of a sign-in: the URL to go to, or an error code for `signInMessage`. */
export type SignInOutcome = { readonly go: string } | { readonly error: string };

/** Signs in with e-mail and password. On success `go` is `next`. Never throws. */
export async function signInWithPassword(
  credentials: { email: string; password: string },
  next: string,
): Promise<SignInOutcome> {
  return attempt(async () => {
    const response = await post("callback/credentials", { ...credentials, callbackUrl: next });
    const url = new URL(response.url, window.location.origin);
    const error = url.searchParams.get("error");
    if (error !== null) return { error };
    // The CSRF token did not match, for example because cookies are blocked.
    return url.searchParams.has("csrf") ? { error: "Callback" } : { go: next };
  });
}

/** Starts signing in with a provider. `go` is the provider's URL. Never throws. */
export async function signInWithProvider(id: string, next: string): Promise<SignInOutcome> {
  return attempt(async () => {
    const { url } = await post(`signin/${encodeURIComponent(id)}`, { callbackUrl: next });
    const error = new URL(url, window.location.origin).searchParams.get("error");
    return error === null ? { go: url } : { error };
  });
}

/** Ends the session of this browser. Throws if the request fails. */
export async function signOut(): Promise<void> {
  const { url } = await post("signout", { callbackUrl: "/sign-in" });
  if (url === undefined) throw new Error("The server did not end the session.");
}

/** Extends the session, which expires thirty days after the last such request. */
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

/** Posts a form to NextAuth, with the CSRF token that it requires. */
async function post(path: string, fields: Record<string, string>): Promise<{ url: string }> {
  const csrf = await fetch("/api/auth/csrf", { credentials: "same-origin" });
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const response = await fetch(`/api/auth/${path}`, {
    method: "POST",
    credentials: "same-origin",
    body: new URLSearchParams({ ...fields, csrfToken, json: "true" }),
  });
  return (await response.json()) as { url: string };
}
