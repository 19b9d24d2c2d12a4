import type { Profile } from "next-auth";

/** A provider's claims about a user (OpenID Connect Core, section 5.1). */
export interface ProviderProfile extends Profile {
  sub?: string;
  name?: string;
  email?: string;
  email_verified?: boolean;
}
