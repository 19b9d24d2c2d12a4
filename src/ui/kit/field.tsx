import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

/** Sixteen pixels for fingers: iOS zooms the page into a field of smaller letters. */
const frame =
  "rounded-lg border border-input/60 bg-card transition-colors placeholder:text-muted-foreground disabled:opacity-55 pointer-coarse:h-11 pointer-coarse:text-base";
const normal = "h-9 text-sm";

interface InputProps extends ComponentProps<"input"> {
  /** For a page that is about its fields. */
  readonly large?: boolean;
}

/** A line to write in. Needs a label, visible or by `aria-label`. */
export function Input({ className, large = false, ...props }: InputProps) {
  const size = large ? "h-11 text-base" : normal;
  return <input {...props} className={classNames(frame, size, "w-full min-w-0 px-3", className)} />;
}

/** A native choice: every platform's own, keyboard and screen reader included. */
export function Select({ className, children, ...props }: ComponentProps<"select">) {
  return (
    <select {...props} className={classNames(frame, normal, "pr-2 pl-2.5", className)}>
      {children}
    </select>
  );
}
