import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { shellMessages } from "../messages/shell.ts";
import { Button } from "./button.tsx";
import { Notice } from "./notice.tsx";

/** Grey placeholder rows while data is loaded. */
export function Loading({ rows = 3 }: { rows?: number }) {
  return (
    <div role="status" aria-label={shellMessages.loading} className="divide-y divide-border">
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} className="flex items-center gap-4 px-4 py-4">
          <div className="h-3.5 w-2/5 motion-safe:animate-pulse rounded bg-muted" />
          <div className="ml-auto h-3.5 w-16 motion-safe:animate-pulse rounded bg-muted" />
        </div>
      ))}
    </div>
  );
}

/** An error message for data that could not be loaded, with a retry button. */
export function LoadFailed({ children, onRetry }: { children: ReactNode; onRetry: () => void }) {
  return (
    <Notice tone="destructive" icon={<CircleAlert aria-hidden className="text-destructive" />}>
      <div role="alert" className="flex flex-wrap items-center justify-between gap-2">
        <p>{children}</p>
        <Button onClick={onRetry}>{shellMessages.retry}</Button>
      </div>
    </Notice>
  );
}
