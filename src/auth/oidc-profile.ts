import type { OAuthConfig } from "next-auth/providers/oauth";
import type { ProviderProfile } from "./provider-profile.ts";

type Userinfo = Extract<NonNullable<OAuthConfig<ProviderProfile>["userinfo"]>, object>;
type Context = Parameters<NonNullable<Userinfo["request"]>>[0];

/** The tokens at run time: the client's own class, which has verified the ID token. */
interface VerifiedTokens {
  readonly access_token?: string;
  claims(): ProviderProfile;
}

/**
 * An issuer's claims about a user, from the verified ID token. Issuers that keep the
 * address out of it are asked at their user info endpoint, whose `sub` must be the token's
 * (OpenID Connect Core §5.3.2).
 */
export async function readOidcProfile({ client, tokens }: Context): Promise<ProviderProfile> {
  // The declared type leaves out the class that it is.
  const verified = tokens as unknown as VerifiedTokens;
  const claims = verified.claims();
  const complete = claims.email !== undefined && claims.email_verified !== undefined;
  if (complete || verified.access_token === undefined) return claims;
  if (client.issuer.metadata.userinfo_endpoint === undefined) return claims;
  const info = await client.userinfo<ProviderProfile>(verified.access_token);
  if (info.sub !== claims.sub) throw new Error("user info belongs to another user");
  return { ...claims, ...info };
}
