/** Words that any shell takes as they are. */
const plain = /^[\w@%+=:,./-]+$/;

/** `word` as a POSIX shell reads it back. */
export function quote(word: string): string {
  return plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The command that continues the one whose words (without the program's) are `words`: the same,
 * but for a `--no-resume`. With `hideToken` a token given as an option is not repeated: the
 * command goes to a log.
 */
export function resumeCommand(words: readonly string[], hideToken: boolean): string {
  const kept: string[] = [];
  let operandsOnly = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--") operandsOnly = true;
    const isToken = !operandsOnly && /^--token(=|$)/.test(word);
    if (!operandsOnly && word === "--no-resume") continue;
    if (isToken && hideToken) {
      kept.push("--token", '"$CHUNKED_UPLOAD_TOKEN"');
      if (word === "--token") at += 1;
    } else kept.push(quote(word));
  }
  return ["chunked-upload", ...kept].join(" ");
}
