/** Invalid settings. The message lists each one with its allowed values. */
export class EnvironmentError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(["Invalid settings:", ...problems.map((line) => `  ${line}`)].join("\n"));
    this.name = "EnvironmentError";
    this.problems = problems;
  }
}
