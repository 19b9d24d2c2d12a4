import type { OAuthConfig } from "next-auth/providers/oauth";
import type { AuthSettings, OAuthClient } from "./auth-settings.ts";
import { readGithubProfile } from "./github-profile.ts";
import { readOidcProfile } from "./oidc-profile.ts";
import type { ProviderProfile } from "./provider-profile.ts";

type Provider = OAuthConfig<ProviderProfile>;

/**
 * The providers whose settings are given. They are written out here as plain objects: NextAuth's
 * own factories are CommonJS defaults that load differently in Next and in plain Node.
 */
export function oauthProviders(settings: Pick<AuthSettings, "github" | "google" | "oidc">) {
  const providers: Provider[] = [];
  if (settings.github !== null) providers.push(github(settings.github));
  if (settings.google !== null) {
    const issuer = "https://accounts.google.com";
    providers.push({ ...oidc({ ...settings.google, issuer }), id: "google", name: "Google" });
  }
  if (settings.oidc !== null) providers.push(oidc(settings.oidc));
  return providers;
}

/** OpenID Connect with PKCE and state; everything else comes from the issuer's discovery document. */
function oidc(client: OAuthClient & { issuer: string }): Provider {
  return {
    id: "oidc",
    name: "Single sign-on",
    type: "oauth",
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    wellKnown: `${client.issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`,
    authorization: { params: { scope: "openid email profile" } },
    idToken: true,
    userinfo: { request: readOidcProfile },
    checks: ["pkce", "state"],
    profile: toUser,
  };
}

/** GitHub does not support OpenID Connect: its profile is requested and mapped to the same claims. */
function github(client: OAuthClient): Provider {
  return {
    id: "github",
    name: "GitHub",
    type: "oauth",
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    // RFC 9207: GitHub names itself in the callback, and NextAuth compares.
    issuer: "https://github.com/login/oauth",
    authorization: {
      url: "https://github.com/login/oauth/authorize",
      params: { scope: "read:user user:email" },
    },
    token: "https://github.com/login/oauth/access_token",
    userinfo: {
      url: "https://api.github.com/user",
      request: ({ tokens }) => readGithubProfile(tokens.access_token ?? "", fetch),
    },
    checks: ["pkce", "state"],
    profile: toUser,
  };
}

function toUser(profile: ProviderProfile) {
  return { id: profile.sub ?? "", name: profile.name ?? null, email: profile.email ?? null };
}
