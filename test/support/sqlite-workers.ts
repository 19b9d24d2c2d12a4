import type { Worker } from "node:worker_threads";

/** The worker threads that this process starts while `run` runs, in the order of their start. */
export async function workersOf<T>(
  run: () => Promise<T>,
): Promise<{ value: T; workers: readonly Worker[] }> {
  const workers: Worker[] = [];
  const keep = (worker: Worker) => void workers.push(worker);
  process.on("worker", keep);
  try {
    return { value: await run(), workers };
  } finally {
    process.off("worker", keep);
  }
}
