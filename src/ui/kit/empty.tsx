import type { ReactNode } from "react";

/** Shown instead of an empty list, with a hint. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="rounded-xl border border-border bg-card px-4 py-12 text-center text-sm">
      <p className="font-medium">{title}</p>
      {children && <p className="mt-1 text-balance text-muted-foreground">{children}</p>}
    </div>
  );
}
