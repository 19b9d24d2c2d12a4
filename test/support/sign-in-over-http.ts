/** A session, as its cookies say. */
export interface HttpSession {
  isSignedIn(): Promise<boolean>;
}

/** Signs in as the sign-in page does: with NextAuth's token against forged forms. */
export async function signInOverHttp(
  url: string,
  { email, password }: { email: string; password: string },
): Promise<HttpSession> {
  const cookies = new Map<string, string>();
  async function call(path: string, form?: Record<string, string>): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(`${url}${path}`, {
      method: form === undefined ? "GET" : "POST",
      headers: { cookie, origin: url },
      redirect: "manual",
      ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }
  const { csrfToken } = (await (await call("/api/auth/csrf")).json()) as { csrfToken: string };
  await call("/api/auth/callback/credentials", { email, password, csrfToken, json: "true" });
  const own = `/api/trpc/uploads.list?input=${encodeURIComponent('{"json":{}}')}`;
  return { isSignedIn: async () => (await call(own)).status === 200 };
}
