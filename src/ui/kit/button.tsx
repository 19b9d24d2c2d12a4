import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

const looks = {
  primary: "bg-primary text-primary-foreground hover:bg-primary/90",
  outline: "border border-border bg-card hover:bg-muted",
  quiet: "text-muted-foreground hover:bg-muted hover:text-foreground",
  destructive: "bg-destructive text-background hover:bg-destructive/90",
} as const;

const sizes = {
  normal: "h-9 px-3.5 text-sm",
  large: "h-11 px-5 text-sm",
  icon: "size-9",
} as const;

export interface ButtonLook {
  readonly look?: keyof typeof looks;
  readonly size?: keyof typeof sizes;
}

/** The classes of a button, for links that look like one. */
export function buttonClass({ look = "outline", size = "normal" }: ButtonLook = {}): string {
  return classNames(
    "inline-flex shrink-0 items-center justify-center gap-2 whitespace-nowrap rounded-lg font-medium transition-colors",
    "disabled:pointer-events-none disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0",
    looks[look],
    sizes[size],
  );
}

/** A button. One that shows an icon only needs an `aria-label`. */
export function Button({ look, size, className, ...props }: ComponentProps<"button"> & ButtonLook) {
  const chosen = {
    ...(look === undefined ? {} : { look }),
    ...(size === undefined ? {} : { size }),
  };
  return <button type="button" {...props} className={classNames(buttonClass(chosen), className)} />;
}
