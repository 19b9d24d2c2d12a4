import { isActive, type UploadHold, type UploadSnapshot } from "../../client/snapshot.ts";

/** What can keep all uploads from moving, the gravest first. */
const troubles = ["signed-out", "offline", "stalled"] as const satisfies readonly UploadHold[];

export type ConnectionTrouble = (typeof troubles)[number];

/** Why none of the active `uploads` moves; null while one does, or while none is active. */
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
