import type { ReactNode } from "react";
import { PageTitle } from "./page-title.tsx";

/** A page that contains only a message. */
export function CenteredMessage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex min-h-[60dvh] flex-col items-center justify-center gap-2 p-6 text-center">
      <PageTitle of={title} />
      <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
      <div className="max-w-md text-balance text-muted-foreground">{children}</div>
    </div>
  );
}
