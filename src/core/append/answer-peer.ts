import type { CoreContext } from "../core.ts";
import type { PeerAsk } from "../ports/peers.ts";
import { overlaps } from "../ranges.ts";
import { commitReceived } from "./settle-writers.ts";
import { overtaken, stopped, type WriterSlot } from "./writers.ts";

/**
 * Does what another instance asks of the writers of an upload here. Returns the epochs of the claims
 * whose writers have done it: the other instance waits for these.
 */
export async function answerPeer(core: CoreContext, ask: PeerAsk): Promise<number[]> {
  const slots = core.writers
    .writing(ask.uploadId)
    .filter(({ range }) => ask.kind !== "yield" || overlaps(range, ask.range));
  const epochs = slots.flatMap(({ epoch }) => epoch ?? []);
  if (epochs.length === 0) return [];
  if (ask.kind === "settle") await commitReceived(core, ask.uploadId);
  else await stop(slots, ask.kind);
  return epochs;
}

async function stop(slots: readonly WriterSlot[], kind: Exclude<PeerAsk["kind"], "settle">) {
  for (const slot of slots)
    slot.stop(
      kind === "yield" ? { error: overtaken(), keep: true } : { error: stopped(kind), keep: false },
    );
  await Promise.all(slots.map(({ done }) => done));
}
