/**
 * Where to go after signing in: the path of `value` if it lies on this site, else `/`. What a
 * browser would take for another site (`//host`, `/\host`, other schemes) is never answered.
 */
export function callbackPath(value: unknown, publicUrl: string): string {
  if (typeof value !== "string" || !URL.canParse(value, publicUrl)) return "/";
  const home = new URL(publicUrl);
  const url = new URL(value, home);
  // `/.//host` and `//host` on our own origin both leave a path that a browser reads as a host.
  if (url.origin !== home.origin || url.pathname.startsWith("//")) return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}
