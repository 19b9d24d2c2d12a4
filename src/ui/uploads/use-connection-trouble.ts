"use client";

import { useUploads } from "../../client/react/index.ts";
import type { UploadSnapshot } from "../../client/snapshot.ts";
import type { QueueItem } from "../../client/upload-queue.ts";
import { type ConnectionTrouble, connectionTrouble } from "./connection.ts";
import { useQueue } from "./uploads-provider.tsx";

/** Why all uploads of this page wait; null while one sends bytes. */
export function useConnectionTrouble(): ConnectionTrouble | null {
  const { items, totals } = useUploads(useQueue());
  return totals.pending === 0 ? null : connectionTrouble(snapshots(items));
}

/** Lazy, since `connectionTrouble` returns at the first upload that sends bytes. */
function* snapshots(items: readonly QueueItem[]): Generator<UploadSnapshot> {
  for (const { upload } of items) yield upload.snapshot();
}
