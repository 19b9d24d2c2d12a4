import type { ClientRuntime } from "./runtime.ts";

/** Waits for `ms` milliseconds; a line that comes back ends the wait, and so does `signal`. */
export async function sleepOrReconnect(
  { clock, network }: Pick<ClientRuntime, "clock" | "network">,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const awake = new AbortController();
  let wasOnline = network.isOnline();
  const leave = network.onChange(() => {
    if (network.isOnline() && !wasOnline) awake.abort();
    wasOnline = network.isOnline();
  });
  await clock.sleep(ms, AbortSignal.any([signal, awake.signal]));
  leave();
}
