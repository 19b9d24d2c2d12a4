import { UploadCloud } from "lucide-react";
import { shellMessages } from "../messages/shell.ts";

/** The product's logo and name. With `compact`, narrow screens show only the logo. */
export function Brand({ compact = false }: { compact?: boolean }) {
  return (
    <span className="flex items-center gap-2 font-semibold tracking-tight">
      <UploadCloud aria-hidden className="size-5 text-primary" />
      <span className={compact ? "max-sm:sr-only" : undefined}>{shellMessages.product}</span>
    </span>
  );
}
