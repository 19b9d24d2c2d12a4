import { UploadFailure } from "./failure.ts";

/** Makes uploads wait while the user is signed out. */
export class SignInGate {
  readonly #waiting = new Set<() => void>();
  #openings = 0;

  /** How often the gate was opened. A request records it, to distinguish an old refusal from a new one. */
  get openings(): number {
    return this.#openings;
  }

  /**
   * Resolves at the next `open`, or at once if the gate was opened after `openings` was recorded: the
   * refusal is then older than the sign-in. Throws ABORTED when `signal` aborts first.
   */
  wait(openings: number, signal: AbortSignal): Promise<void> {
    if (openings !== this.#openings) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(enter);
        reject(new UploadFailure("ABORTED"));
      };
      const enter = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      if (signal.aborted) return leave();
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.add(enter);
    });
  }

  /** The user may have signed in: all waiting requests are retried. */
  open(): void {
    this.#openings += 1;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const enter of waiting) enter();
  }
}
