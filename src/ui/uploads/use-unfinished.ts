"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { UploadView } from "../../wire/schemas.ts";
import { useTRPC } from "../trpc/trpc.ts";
import { isContinuedHere } from "./continued-here.ts";

/** As many as are compared with the files of the queue. */
const MOST = 100;

const none: readonly UploadView[] = [];

export interface UnfinishedUploads {
  /** Those that a drop of their file on this page continues. */
  readonly uploads: readonly UploadView[];
  /** There are more than were asked for. */
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
