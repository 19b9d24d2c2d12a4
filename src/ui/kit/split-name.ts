/** The last characters of a name that stay in sight when it is cut: an extension, and what is before it. */
const TAIL = 12;
/** Names up to this length are not cut in the middle. */
const SHORT = 28;

/**
 * A name in two parts, to be cut at the end of the first: the end of a name often tells more than its
 * middle ("… part 2.mp4"). The second part is "" for a short name.
 */
export function splitName(name: string): readonly [head: string, tail: string] {
  const characters = Array.from(name);
  if (characters.length <= SHORT) return [name, ""];
  // What combines with the character before it stays with it.
  let at = characters.length - TAIL;
  while (at > 1 && /^[\p{M}\u200d]/u.test(characters[at] ?? "")) at -= 1;
  return [characters.slice(0, at).join(""), characters.slice(at).join("")];
}

/**
 * A folder ("Trip/day 1/") in two parts, to be cut at the end of the first: the innermost folder stays
 * in sight, unless its own name is long.
 */
export function splitFolder(folder: string): readonly [head: string, tail: string] {
  const at = folder.lastIndexOf("/", folder.length - 2);
  const innermost = folder.slice(at);
  return at < 1 || innermost.length > SHORT ? [folder, ""] : [folder.slice(0, at), innermost];
}
