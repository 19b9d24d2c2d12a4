"use client";

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";

interface Refusals {
  /** Reasons why files were not accepted, oldest first, without duplicates. */
  readonly reasons: readonly string[];
  readonly add: (reasons: readonly string[]) => void;
  readonly dismiss: () => void;
}

const RefusalsContext = createContext<Refusals | null>(null);

/** Keeps the reasons until the user dismisses them, also across page changes. */
export function RefusalsProvider({ children }: { children: ReactNode }) {
  const [reasons, setReasons] = useState<readonly string[]>([]);
  const refusals = useMemo(
    () => ({
      reasons,
      add: (more: readonly string[]) => setReasons((before) => [...new Set([...before, ...more])]),
      dismiss: () => setReasons([]),
    }),
    [reasons],
  );
  return <RefusalsContext value={refusals}>{children}</RefusalsContext>;
}

export function useRefusals(): Refusals {
  const refusals = useContext(RefusalsContext);
  if (refusals === null) throw new Error("useRefusals must be used inside a RefusalsProvider.");
  return refusals;
}
