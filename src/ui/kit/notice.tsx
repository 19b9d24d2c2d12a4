import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

const tones = {
  neutral: "border-border bg-muted/60",
  warning: "border-warning/30 bg-warning/10",
  destructive: "border-destructive/30 bg-destructive/10",
} as const;

/** A highlighted message with an icon. */
export function Notice({
  tone = "neutral",
  icon,
  children,
}: {
  tone?: keyof typeof tones;
  icon: ReactNode;
  children: ReactNode;
}) {
  return (
    <div
      className={classNames(
        "flex gap-3 rounded-xl border p-4 text-sm [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0",
        tones[tone],
      )}
    >
      {icon}
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
