import { UploadFailure } from "./failure.ts";

/** Settles as `work`, or rejects with ABORTED when `signal` aborts first. `work` itself continues. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(new UploadFailure("ABORTED"));
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
