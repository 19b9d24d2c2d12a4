"use client";

import { useUploads } from "../../client/react/index.ts";
import { type ConnectionTrouble, connectionTrouble } from "./connection.ts";
import { useQueue } from "./uploads-provider.tsx";

/** Why the uploads of this page do not move; null while they do. */
export function useConnectionTrouble(): ConnectionTrouble | null {
  const { items, totals } = useUploads(useQueue());
  return totals.pending === 0
    ? null
    : connectionTrouble(items.map(({ upload }) => upload.snapshot()));
}
