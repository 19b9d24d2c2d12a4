import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

/** A table that scrolls horizontally on narrow screens. */
export function Table({ className, ...props }: ComponentProps<"table">) {
  return (
    <div className="overflow-x-auto rounded-xl border border-border bg-card">
      <table
        {...props}
        className={classNames("w-full border-collapse text-left text-sm", className)}
      />
    </div>
  );
}

export function HeadCell({ className, ...props }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      {...props}
      className={classNames(
        "whitespace-nowrap border-border border-b px-3 py-2.5 font-medium text-muted-foreground text-xs",
        className,
      )}
    />
  );
}

export function Cell({ className, ...props }: ComponentProps<"td">) {
  return <td {...props} className={classNames("px-3 py-2.5 align-middle", className)} />;
}

export function Row({ className, ...props }: ComponentProps<"tr">) {
  return (
    <tr
      {...props}
      className={classNames(
        "border-border border-b transition-colors last:border-b-0 hover:bg-muted/50",
        className,
      )}
    />
  );
}
