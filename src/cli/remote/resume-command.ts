/** Words that need no quotes in any shell. */
const plain = /^[\w@%+=:,./-]+$/;

/** Quotes `word` for a POSIX shell. */
export function quote(word: string): string {
  return plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The command that resumes the command line `words` (without the program's name): the same command
 * without `--no-resume`. `hideToken` replaces the value of `--token`, since the output may be a log.
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
