/**
 * Part numbers with their ETags, as `shortEtag` makes them. An upload may have 10,000 parts, and the
 * record is written with each of them: 22 characters a part instead of 34.
 */
export type Etags = ReadonlyMap<number, string>;

/** Runs of consecutive parts, `[first number, ETags]`; short ETags of a run stand in one string. */
export type PackedEtags = readonly (readonly [number, string | readonly string[]])[];

const SHORT = 22;
const hex16 = /^"[0-9a-f]{32}"$/;

/** An ETag of 16 bytes in hex, as most services have them, in base64url; any other as it is. */
export function shortEtag(etag: string): string {
  return hex16.test(etag) ? Buffer.from(etag.slice(1, -1), "hex").toString("base64url") : etag;
}

/** The ETag as the service returned it. Quotes tell one that was not shortened. */
export function longEtag(short: string): string {
  if (short.length !== SHORT || short.startsWith('"')) return short;
  return `"${Buffer.from(short, "base64url").toString("hex")}"`;
}

export function packEtags(etags: Etags): PackedEtags {
  const runs: [number, string | string[]][] = [];
  let next = Number.NaN;
  for (const [number, etag] of [...etags].sort(([a], [b]) => a - b)) {
    const isShort = longEtag(etag) !== etag;
    const run = number === next ? runs.at(-1) : undefined;
    if (run !== undefined && isShort && typeof run[1] === "string") run[1] += etag;
    else if (!isShort && Array.isArray(run?.[1])) run[1].push(etag);
    else runs.push([number, isShort ? etag : [etag]]);
    next = number + 1;
  }
  return runs;
}

export function unpackEtags(packed: PackedEtags): Map<number, string> {
  const etags = new Map<number, string>();
  for (const [first, run] of packed) {
    if (typeof run !== "string")
      for (const [index, etag] of run.entries()) etags.set(first + index, etag);
    else
      for (let at = 0; at < run.length; at += SHORT)
        etags.set(first + at / SHORT, run.slice(at, at + SHORT));
  }
  return etags;
}
