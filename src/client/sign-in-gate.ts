import { UploadFailure } from "./failure.ts";

/** Closed while nobody is signed in: uploads wait before it and lose nothing. */
export class SignInGate {
  readonly #waiting = new Set<() => void>();

  /** Resolves at the next `open`. Throws ABORTED when `signal` aborts first. */
  wait(signal: AbortSignal): Promise<void> {
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
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const enter of waiting) enter();
  }
}
