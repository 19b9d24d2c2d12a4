/** What a provider issued for this installation. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The settings that identity needs, as the environment gave them. */
export interface AuthSettings {
  /** Signs and encrypts sessions and tickets. Another secret ends all of them. */
  readonly secret: string;
  /** Where people reach the server; its scheme decides whether cookies are secure ones. */
  readonly publicUrl: string;
  readonly allowAnonymous: boolean;
  /** Whether our own server has written down who calls (`x-peer-address`). Else a caller may have. */
  readonly peersAreStamped: boolean;
  /** Whether a provider's sign-in may make users. */
  readonly signup: "open" | "closed";
  /** Failed attempts to sign in within `durationMs`, for one account from one address. */
  readonly loginRate: { readonly points: number; readonly durationMs: number };
  /** The first administrator; used only if there is no administrator. */
  readonly adminEmail: string | null;
  readonly adminPassword: string | null;
  readonly github: OAuthClient | null;
  readonly google: OAuthClient | null;
  /** `issuer` is a URL; its discovery document lies below `/.well-known`. */
  readonly oidc: (OAuthClient & { readonly issuer: string }) | null;
}
