"use client";

import { useEffect } from "react";

/** Asks before the page is left, only while `moving`: nobody is asked for nothing. */
export function useLeaveGuard(moving: boolean): void {
  useEffect(() => {
    if (!moving) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [moving]);
}
