"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AdminUploadView } from "../../wire/admin-schemas.ts";
import { useTRPC } from "../trpc/trpc.ts";
import type { AdminQuery } from "./admin-query.ts";
import { useHeldRows } from "./use-held-rows.ts";

/** Rows of a page, the most that one request lists, and how often it is requested again (ms). */
const PAGE = 50;
const MOST = 100;
const REFRESH_MS = 5_000;

/** The page of uploads that `query` asks for. Rows keep their places while it is shown. */
export function useUploadRows(query: AdminQuery) {
  const trpc = useTRPC();
  const [held, setHeld] = useState(0);
  const ask = askOf(query);
  // New rows push those that are shown towards the end of the page: they are still asked for.
  const limit = Math.min(PAGE + held, MOST);
  const list = useQuery(
    trpc.admin.uploads.list.queryOptions(
      { ...ask, limit },
      { refetchInterval: REFRESH_MS, placeholderData: (before) => before },
    ),
  );
  const rows = useHeldRows<AdminUploadView>({
    latest: list.data?.items,
    outdated: list.isPlaceholderData,
    key: JSON.stringify(ask),
    size: PAGE,
  });
  if (rows.fresh !== held) setHeld(rows.fresh);
  return { list, ...rows };
}

function askOf({ search, status, cursor, sort, order }: AdminQuery) {
  const trimmed = search.trim();
  return {
    sort,
    order,
    ...(trimmed === "" ? {} : { search: trimmed }),
    ...(status === null ? {} : { status }),
    ...(cursor === null ? {} : { cursor }),
  };
}
