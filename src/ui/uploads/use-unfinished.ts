"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { UploadView } from "../../wire/schemas.ts";
import { useTRPC } from "../trpc/trpc.ts";
import { isContinuedHere } from "./continued-here.ts";

/** Maximum number of requested uploads. */
const MOST = 100;

const none: readonly UploadView[] = [];

export interface UnfinishedUploads {
  /** Uploads that are resumed by dropping their file on this page. */
  readonly uploads: readonly UploadView[];
  /** Whether there are more than were requested. */
  readonly hasMore: boolean;
}

/** The user's unfinished uploads on the server. */
export function useUnfinished(): UnfinishedUploads {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.uploads.list.queryOptions({ status: "uploading", limit: MOST }));
  return useMemo(
    () => ({
      uploads: data?.items.filter(isContinuedHere) ?? none,
      hasMore: data !== undefined && data.nextCursor !== null,
    }),
    [data],
  );
}
