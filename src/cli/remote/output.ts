/** Prints a result to standard output. */
export function printLine(line: string): void {
  console.log(line);
}

/** Prints a JSON object in one line to standard output. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value));
}

/** Prints a message to standard error. */
export function printError(line: string): void {
  console.error(line);
}
