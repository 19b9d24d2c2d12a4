/** Number of characters at the end of a name that are always visible: the extension and some before it. */
const TAIL = 12;
/** Names up to this length are not split. */
const SHORT = 28;

/**
 * Splits a name into two parts; the first can be truncated at its end, since the end of a name is often
 * more important than its middle ("… part 2.mp4"). The second part is "" for a short name.
 */
export function splitName(name: string): readonly [head: string, tail: string] {
  const characters = Array.from(name);
  if (characters.length <= SHORT) return [name, ""];
  // Does not split combining characters from their base.
  let at = characters.length - TAIL;
  while (at > 1 && /^[\p{M}\u200d]/u.test(characters[at] ?? "")) at -= 1;
  return [characters.slice(0, at).join(""), characters.slice(at).join("")];
}

/**
 * Splits a folder ("Trip/day 1/") into two parts; the first can be truncated at its end. The innermost
 * folder stays visible unless its name is long.
 */
export function splitFolder(folder: string): readonly [head: string, tail: string] {
  const at = folder.lastIndexOf("/", folder.length - 2);
  const innermost = folder.slice(at);
  return at < 1 || innermost.length > SHORT ? [folder, ""] : [folder.slice(0, at), innermost];
}
