"use client";

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";

interface Refusals {
  /** Why files were not accepted, oldest first; each reason once. */
  readonly reasons: readonly string[];
  readonly add: (reasons: readonly string[]) => void;
  readonly dismiss: () => void;
}

const RefusalsContext = createContext<Refusals | null>(null);

/** Keeps the refusals until the user dismisses them, whatever is dropped or visited meanwhile. */
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
  if (refusals === null) throw new Error("There is no RefusalsProvider above this component.");
  return refusals;
}
