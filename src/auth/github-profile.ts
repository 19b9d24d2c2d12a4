import type { ProviderProfile } from "./provider-profile.ts";

const TIMEOUT_MS = 10_000;

/**
 * A user's GitHub account. The address in a GitHub profile is not verified. The address returned here is
 * the primary one of `/user/emails`, and only if GitHub has verified it. Throws an Error if GitHub
 * does not respond as documented.
 */
export async function readGithubProfile(
  accessToken: string,
  request: typeof fetch,
): Promise<ProviderProfile> {
  const get = async (path: string): Promise<unknown> => {
    const response = await request(`https://api.github.com${path}`, {
      headers: { accept: "application/vnd.github+json", authorization: `Bearer ${accessToken}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`GitHub answered ${response.status} for ${path}`);
    return response.json();
  };
  const [account, addresses] = await Promise.all([get("/user"), get("/user/emails")]);
  const { id, name, login } = Object(account) as { id?: unknown; name?: unknown; login?: unknown };
  if (!Number.isSafeInteger(id)) throw new Error("GitHub answered an account without an id");
  const shown = [name, login].find((value) => typeof value === "string" && value !== "");
  const email = primaryVerified(addresses);
  return {
    sub: String(id),
    ...(typeof shown === "string" ? { name: shown } : {}),
    ...(email === null ? {} : { email, email_verified: true }),
  };
}

function primaryVerified(addresses: unknown): string | null {
  if (!Array.isArray(addresses)) return null;
  for (const entry of addresses) {
    const { email, primary, verified } = Object(entry) as Record<string, unknown>;
    if (primary === true && verified === true && typeof email === "string") return email;
  }
  return null;
}
