import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

const frame =
  "h-9 rounded-lg border border-input/60 bg-card text-sm transition-colors placeholder:text-muted-foreground disabled:opacity-55";

/** A line to write in. Needs a label, visible or by `aria-label`. */
export function Input({ className, ...props }: ComponentProps<"input">) {
  return <input {...props} className={classNames(frame, "w-full min-w-0 px-3", className)} />;
}

/** A native choice: every platform's own, keyboard and screen reader included. */
export function Select({ className, children, ...props }: ComponentProps<"select">) {
  return (
    <select {...props} className={classNames(frame, "pr-2 pl-2.5", className)}>
      {children}
    </select>
  );
}
