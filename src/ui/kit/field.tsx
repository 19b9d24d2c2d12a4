import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

/** 16 pixels on touch screens: iOS zooms into fields with a smaller font. */
const frame =
  "rounded-lg border border-input/60 bg-card transition-colors placeholder:text-muted-foreground disabled:opacity-55 pointer-coarse:h-11 pointer-coarse:text-base";
const normal = "h-9 text-sm";

interface InputProps extends ComponentProps<"input"> {
  /** For forms that are the main content of a page. */
  readonly large?: boolean;
}

/** A text field. It needs a visible label or an `aria-label`. */
export function Input({ className, large = false, ...props }: InputProps) {
  const size = large ? "h-11 text-base" : normal;
  return <input {...props} className={classNames(frame, size, "w-full min-w-0 px-3", className)} />;
}

/** A native select element, for keyboard and screen reader support on all platforms. */
export function Select({ className, children, ...props }: ComponentProps<"select">) {
  return (
    <select {...props} className={classNames(frame, normal, "pr-2 pl-2.5", className)}>
      {children}
    </select>
  );
}
