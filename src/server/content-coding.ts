/** The content codings that the server applies, best first. */
export const CODINGS = ["br", "gzip"] as const;

export type Coding = (typeof CODINGS)[number];

/**
 * The best of our codings that `Accept-Encoding` allows (RFC 9110, section 12.5.3); null for none.
 * A coding counts unless its weight is zero; between two that count, ours is the preference.
 */
export function chooseCoding(acceptEncoding: string | null | undefined): Coding | null {
  const weights = new Map(
    (acceptEncoding ?? "").split(",").map((item) => {
      const [name = "", ...parameters] = item.split(";");
      const weight = /^\s*q=([\d.]+)\s*$/i.exec(parameters.join(";"))?.[1] ?? "1";
      return [name.trim().toLowerCase(), Number(weight)] as const;
    }),
  );
  const accepts = (coding: Coding) => (weights.get(coding) ?? weights.get("*") ?? 0) > 0;
  return CODINGS.find(accepts) ?? null;
}

/**
 * Whether a page of another site may have caused a request. Its response is not compressed: the
 * length of compressed text tells such a page what the text has in common with its own (BREACH).
 */
export function isFromOtherSite(secFetchSite: string | string[] | null | undefined): boolean {
  return secFetchSite === "cross-site" || secFetchSite === "same-site";
}
