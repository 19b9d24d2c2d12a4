import { UploadFailure } from "./failure.ts";

/** Closed while nobody is signed in: uploads wait before it and lose nothing. */
export class SignInGate {
  readonly #waiting = new Set<() => void>();
  #openings = 0;

  /** How often it was opened: whoever asks for something notes it, to tell an old refusal from a new one. */
  get openings(): number {
    return this.#openings;
  }

  /**
   * Resolves at the next `open`, or at once when it was opened since `asked` was noted: the refusal
   * is then of whoever was signed out before. Throws ABORTED when `signal` aborts first.
   */
  wait(asked: number, signal: AbortSignal): Promise<void> {
    if (asked !== this.#openings) return Promise.resolve();
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

  /** Somebody has signed in (or says so): everybody tries again. */
  open(): void {
    this.#openings += 1;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const enter of waiting) enter();
  }
}
