/** Standard output: results alone. */
export function printLine(line: string): void {
  console.log(line);
}

/** Standard output, an object a line. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value));
}

/** Standard error: everything that is no result. */
export function printError(line: string): void {
  console.error(line);
}
