/** Settings that cannot be used; the message names each with what is allowed. */
export class EnvironmentError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(["These settings cannot be used:", ...problems.map((line) => `  ${line}`)].join("\n"));
    this.name = "EnvironmentError";
    this.problems = problems;
  }
}
