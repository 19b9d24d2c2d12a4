import { UploadFailure } from "./failure.ts";

/** `work`, or ABORTED when `signal` aborts first: for work that cannot be stopped itself. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(new UploadFailure("ABORTED"));
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
