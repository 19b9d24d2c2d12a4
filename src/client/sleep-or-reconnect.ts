import { followSignal } from "./follow-signal.ts";
import type { ClientRuntime } from "./runtime.ts";

/** Waits for `ms` milliseconds; a line that comes back ends the wait, and so does `signal`. */
export async function sleepOrReconnect(
  { clock, network }: Pick<ClientRuntime, "clock" | "network">,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const awake = followSignal(signal);
  let wasOnline = network.isOnline();
  const leave = network.onChange(() => {
    if (network.isOnline() && !wasOnline) awake.abort();
    wasOnline = network.isOnline();
  });
  await clock.sleep(ms, awake.signal);
  leave();
  awake.release();
}
