"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useDebounced } from "../kit/use-debounced.ts";
import { useTRPC } from "../trpc/trpc.ts";
import { useQueue } from "../uploads/uploads-provider.tsx";

/** The lists are requested when no upload has ended for this time (ms): many small files end every second. */
const LULL_MS = 400;

/**
 * Reloads the lists of uploads after uploads ended. Renders nothing. It counts `onDone` events, since
 * a file that leaves the queue immediately does not change the totals.
 */
export function FreshLists(): null {
  const queue = useQueue();
  const [ends, setEnds] = useState(0);
  useEffect(() => queue.onDone(() => setEnds((before) => before + 1)), [queue]);
  const settled = useDebounced(ends, LULL_MS);
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  useEffect(() => {
    if (settled > 0) void queryClient.invalidateQueries(trpc.uploads.list.pathFilter());
  }, [settled, trpc, queryClient]);
  return null;
}
