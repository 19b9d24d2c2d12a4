import type { Profile } from "next-auth";

/** What a provider says of somebody, in the words of OpenID Connect Core §5.1. */
export interface ProviderProfile extends Profile {
  sub?: string;
  name?: string;
  email?: string;
  email_verified?: boolean;
}
