import { classNames } from "./class-names.ts";

const tones = {
  primary: "bg-primary",
  success: "bg-success",
  muted: "bg-muted-foreground/60",
  destructive: "bg-destructive",
} as const;

export type ProgressTone = keyof typeof tones;

export interface ProgressProps {
  /** What progresses, for those who do not see the bar. */
  readonly label: string;
  /** 0 to 100; null while nobody can tell. */
  readonly percent: number | null;
  /** What is read out instead of the number. */
  readonly text?: string;
  readonly tone?: ProgressTone;
  /** Without a transition: of many files it would make the browser draw frame after frame. */
  readonly still?: boolean;
  readonly className?: string;
}

/**
 * A bar that fills. It is moved, not widened: a browser does that beside the page's own work, where
 * a growing width would lay out the page anew in every frame, of many files all the time.
 */
export function Progress(props: ProgressProps) {
  const { label, percent, text, tone = "primary", still = false, className } = props;
  const whole = percent === null ? null : Math.floor(percent);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={whole ?? undefined}
      aria-valuetext={text ?? (whole === null ? undefined : `${whole}%`)}
      className={classNames(
        "relative h-1.5 overflow-hidden rounded-full bg-muted forced-colors:outline",
        className,
      )}
    >
      <div
        className={classNames(
          "h-full rounded-full forced-color-adjust-none forced-colors:bg-[Highlight]",
          !still &&
            "motion-safe:transition-transform motion-safe:duration-300 motion-safe:ease-out",
          tones[tone],
          percent === null ? "progress-unknown w-1/3" : "w-full",
        )}
        style={percent === null ? undefined : { transform: `translateX(${percent - 100}%)` }}
      />
    </div>
  );
}
