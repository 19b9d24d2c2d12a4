"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { isOver } from "../../client/snapshot.ts";
import type { QueueItem, UploadQueue } from "../../client/upload-queue.ts";
import { useTRPC } from "../trpc/trpc.ts";

interface Removals {
  /** Ids of cancelled uploads that the server may still list. */
  readonly leaving: ReadonlySet<string>;
  /** Removes an upload from the queue. An unfinished one is also deleted on the server. */
  readonly remove: (key: number) => void;
  /** Removes all unfinished uploads. */
  readonly removeAll: () => void;
}

const RemovalsContext = createContext<Removals | null>(null);

/** Hides cancelled uploads immediately. They reappear only if the server still has them. */
export function RemovalsProvider({ queue, children }: { queue: UploadQueue; children: ReactNode }) {
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const end = useCallback(
    async (open: readonly QueueItem[], order: () => Promise<void>) => {
      const ids = open.flatMap(({ upload }) => upload.snapshot().view?.id ?? []);
      setLeaving((before) => new Set([...before, ...ids]));
      try {
        await order();
      } finally {
        await queryClient.invalidateQueries(trpc.uploads.list.pathFilter());
        setLeaving((before) => new Set([...before].filter((id) => !ids.includes(id))));
      }
    },
    [queryClient, trpc],
  );
  const removals = useMemo(
    () => ({
      leaving,
      remove: (key: number) => {
        const open = queue.snapshot.items.filter((item) => item.key === key && !isEnded(item));
        const order = () => queue.remove(key);
        void (open.length === 0 ? order() : end(open, order));
      },
      removeAll: () => {
        const open = queue.snapshot.items.filter((item) => !isEnded(item));
        void end(open, () => queue.cancelAll());
      },
    }),
    [leaving, end, queue],
  );
  return <RemovalsContext value={removals}>{children}</RemovalsContext>;
}

export function useRemovals(): Removals {
  const removals = useContext(RemovalsContext);
  if (removals === null) throw new Error("useRemovals must be used inside a RemovalsProvider.");
  return removals;
}

function isEnded({ upload }: QueueItem): boolean {
  return isOver(upload.snapshot().phase);
}
