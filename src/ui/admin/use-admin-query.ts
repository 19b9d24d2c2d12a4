"use client";

import { useCallback, useEffect, useState } from "react";
import { type AdminQuery, readAdminQuery, writeAdminQuery } from "./admin-query.ts";

/** The query in the URL. A change goes to the first page; `push` adds an entry to the browser's history. */
export function useAdminQuery(initial: AdminQuery) {
  const [query, setQuery] = useState(initial);
  useEffect(() => {
    const read = () => setQuery(readAdminQuery(new URLSearchParams(window.location.search)));
    window.addEventListener("popstate", read);
    return () => window.removeEventListener("popstate", read);
  }, []);
  const change = useCallback((changes: Partial<AdminQuery>, how: "push" | "replace" = "push") => {
    const before = readAdminQuery(new URLSearchParams(window.location.search));
    const next = { ...before, cursor: null, ...changes };
    const address = `${window.location.pathname}${writeAdminQuery(next)}`;
    if (how === "push") window.history.pushState(null, "", address);
    else window.history.replaceState(null, "", address);
    setQuery(next);
  }, []);
  return { query, change };
}
