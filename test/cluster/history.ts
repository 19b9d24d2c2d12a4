/** What happened to one upload, and what the server acknowledged of it. */
export class History {
  readonly began = Date.now();
  readonly lines: string[] = [];
  /** Requests sent, and how often each status other than 2xx and each broken connection occurred. */
  requests = 0;
  readonly repeats = new Map<string, number>();

  note(text: string): void {
    const seconds = (Date.now() - this.began) / 1_000;
    this.lines.push(`${new Date().toISOString()} +${seconds.toFixed(2)}s ${text}`);
  }

  /** Counts a response or a failure after which the client tries again. */
  repeated(cause: string): void {
    this.repeats.set(cause, (this.repeats.get(cause) ?? 0) + 1);
  }
}

/** Something that the server must never do. */
export class Violation extends Error {}
