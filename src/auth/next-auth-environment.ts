import type { AuthSettings } from "./auth-settings.ts";

/**
 * Variables that must be set in `process.env` before NextAuth loads. It takes the address of its callbacks from
 * there and from nowhere else, and believes `X-Forwarded-Host` when it finds none.
 */
export function nextAuthEnvironment(settings: Pick<AuthSettings, "publicUrl" | "secret">): {
  NEXTAUTH_URL: string;
  NEXTAUTH_SECRET: string;
} {
  return { NEXTAUTH_URL: new URL(settings.publicUrl).origin, NEXTAUTH_SECRET: settings.secret };
}
