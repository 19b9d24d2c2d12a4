import { isActive, type UploadHold, type UploadSnapshot } from "../../client/snapshot.ts";

/** Reasons why all uploads wait, the most severe first. */
const troubles = ["signed-out", "offline", "stalled"] as const satisfies readonly UploadHold[];

export type ConnectionTrouble = (typeof troubles)[number];

/** Why all active `uploads` wait; null while one sends bytes or none is active. */
export function connectionTrouble(
  uploads: Iterable<Pick<UploadSnapshot, "phase" | "hold">>,
): ConnectionTrouble | null {
  const seen = new Set<UploadHold>();
  for (const { phase, hold } of uploads) {
    if (!isActive(phase)) continue;
    if (hold === null) return null;
    seen.add(hold);
  }
  return troubles.find((trouble) => seen.has(trouble)) ?? null;
}
