import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

const looks = {
  primary: "border-transparent bg-primary text-primary-foreground hover:bg-primary/90",
  outline: "border-border bg-card hover:bg-muted",
  quiet: "border-transparent text-muted-foreground hover:bg-muted hover:text-foreground",
  destructive: "border-transparent bg-destructive text-background hover:bg-destructive/90",
} as const;

const sizes = {
  normal: "h-9 px-3.5 text-sm pointer-coarse:h-11",
  small: "h-7 px-3 text-xs pointer-coarse:h-11",
  narrow: "h-9 px-2.5 text-sm pointer-coarse:h-11",
  large: "h-11 px-5 text-sm",
  icon: "size-9 pointer-coarse:size-11",
} as const;

export interface ButtonLook {
  readonly look?: keyof typeof looks;
  readonly size?: keyof typeof sizes;
}

/**
 * The classes of a button, for links that look like one. On touch screens it is at least 44 pixels
 * high. The border always exists, since with forced colours it is the only sign of a button.
 */
export function buttonClass({ look = "outline", size = "normal" }: ButtonLook = {}): string {
  return classNames(
    "inline-flex shrink-0 items-center justify-center gap-2 whitespace-nowrap rounded-lg border font-medium transition-colors",
    "disabled:pointer-events-none disabled:opacity-55 aria-disabled:pointer-events-none aria-disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
    looks[look],
    sizes[size],
  );
}

/** A button. Icon buttons need an `aria-label`. */
export function Button({ look, size, className, ...props }: ComponentProps<"button"> & ButtonLook) {
  const chosen = {
    ...(look === undefined ? {} : { look }),
    ...(size === undefined ? {} : { size }),
  };
  return <button type="button" {...props} className={classNames(buttonClass(chosen), className)} />;
}
