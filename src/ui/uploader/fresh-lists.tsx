"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useUploads } from "../../client/react/index.ts";
import { useDebounced } from "../kit/use-debounced.ts";
import { useTRPC } from "../trpc/trpc.ts";
import { useQueue } from "../uploads/uploads-provider.tsx";

/** How long (ms) no upload may end before the lists are requested: many small files end every second. */
const LULL_MS = 400;

/** Requests the lists of what the server has again after uploads ended. Renders nothing. */
export function FreshLists(): null {
  const { done } = useUploads(useQueue()).totals;
  // Finished files may leave the queue before the lull: each end counts, and stays counted.
  const [counted, setCounted] = useState({ done, ends: done });
  if (counted.done !== done) {
    setCounted({ done, ends: counted.ends + Math.max(0, done - counted.done) });
  }
  const ends = useDebounced(counted.ends, LULL_MS);
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  useEffect(() => {
    if (ends > 0) void queryClient.invalidateQueries(trpc.uploads.list.pathFilter());
  }, [ends, trpc, queryClient]);
  return null;
}
