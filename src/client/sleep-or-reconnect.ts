import { followSignal } from "./follow-signal.ts";
import type { ClientRuntime } from "./runtime.ts";

/** Waits for `ms` milliseconds, until the network returns, or until `signal` aborts. */
export async function sleepOrReconnect(
  { clock, network }: Pick<ClientRuntime, "clock" | "network">,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const awake = followSignal(signal);
  let wasOnline = network.isOnline();
  const unsubscribe = network.onChange(() => {
    if (network.isOnline() && !wasOnline) awake.abort();
    wasOnline = network.isOnline();
  });
  await clock.sleep(ms, awake.signal);
  unsubscribe();
  awake.release();
}
