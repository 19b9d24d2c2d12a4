"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AdminUploadView } from "../../wire/admin-schemas.ts";
import { useTRPC } from "../trpc/trpc.ts";
import type { AdminQuery } from "./admin-query.ts";
import { useHeldRows } from "./use-held-rows.ts";

/** The rows of a page, the maximum of the server, and the refresh interval in ms. */
const PAGE = 50;
const MOST = 100;
const REFRESH_MS = 5_000;

/** The page of uploads for `query`. Rows keep their positions while it is shown. */
export function useUploadRows(query: AdminQuery) {
  const trpc = useTRPC();
  const [held, setHeld] = useState(0);
  const input = inputOf(query);
  // New rows move the shown ones beyond the end of the page, so more rows are requested.
  const limit = Math.min(PAGE + held, MOST);
  const list = useQuery(
    trpc.admin.uploads.list.queryOptions(
      { ...input, limit },
      { refetchInterval: REFRESH_MS, placeholderData: (before) => before },
    ),
  );
  const rows = useHeldRows<AdminUploadView>({
    latest: list.data?.items,
    outdated: list.isPlaceholderData,
    key: JSON.stringify(input),
    size: PAGE,
  });
  if (rows.fresh !== held) setHeld(rows.fresh);
  return { list, ...rows };
}

function inputOf({ search, status, cursor, sort, order }: AdminQuery) {
  const trimmed = search.trim();
  return {
    sort,
    order,
    ...(trimmed === "" ? {} : { search: trimmed }),
    ...(status === null ? {} : { status }),
    ...(cursor === null ? {} : { cursor }),
  };
}
