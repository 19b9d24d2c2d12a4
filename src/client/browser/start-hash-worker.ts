import type { HashResponse } from "./hash-messages.ts";

/** A worker that has not started after this many milliseconds is terminated. */
const START_MS = 10_000;

/**
 * Starts the hash worker. Returns null when it does not start: its script is not served (Vite's
 * development server returns a page instead), the page's content security policy forbids it, or it
 * sends no `ready`.
 */
export function startHashWorker(): Promise<Worker | null> {
  return new Promise((resolve) => {
    let worker: Worker;
    try {
      worker = new Worker(new URL("./hash-worker.ts", import.meta.url), { type: "module" });
    } catch {
      return resolve(null);
    }
    const giveUp = () => {
      clearTimeout(timer);
      worker.terminate();
      resolve(null);
    };
    const timer = setTimeout(giveUp, START_MS);
    worker.onerror = (event) => {
      event.preventDefault();
      giveUp();
    };
    worker.onmessage = ({ data }: MessageEvent<HashResponse>) => {
      if (data.type !== "ready") return;
      clearTimeout(timer);
      resolve(worker);
    };
  });
}
