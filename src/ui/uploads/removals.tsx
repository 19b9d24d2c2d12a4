"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { isOver } from "../../client/snapshot.ts";
import type { UploadQueue } from "../../client/upload-queue.ts";
import { useTRPC } from "../trpc/trpc.ts";

interface Removals {
  /** Ids of uploads that were cancelled here and that the server may still list. */
  readonly leaving: ReadonlySet<string>;
  /** Takes an upload off the queue; one that is not done ends, on the server too. */
  readonly remove: (key: number) => void;
}

const RemovalsContext = createContext<Removals | null>(null);

/** What was cancelled is gone for its user at once, and comes back only if the server keeps it. */
export function RemovalsProvider({ queue, children }: { queue: UploadQueue; children: ReactNode }) {
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const end = useCallback(
    async (key: number) => {
      const item = queue.snapshot.items.find((candidate) => candidate.key === key);
      const snapshot = item?.upload.snapshot();
      if (snapshot === undefined || isOver(snapshot.phase)) return queue.remove(key);
      const id = snapshot.view?.id;
      if (id !== undefined) setLeaving((before) => new Set(before).add(id));
      await queue.remove(key);
      await queryClient.invalidateQueries(trpc.uploads.list.pathFilter());
      setLeaving((before) => new Set([...before].filter((other) => other !== id)));
    },
    [queue, queryClient, trpc],
  );
  const removals = useMemo(
    () => ({ leaving, remove: (key: number) => void end(key) }),
    [leaving, end],
  );
  return <RemovalsContext value={removals}>{children}</RemovalsContext>;
}

export function useRemovals(): Removals {
  const removals = useContext(RemovalsContext);
  if (removals === null) throw new Error("There is no RemovalsProvider above this component.");
  return removals;
}
