import { classNames } from "./class-names.ts";

const tones = {
  primary: "bg-primary",
  success: "bg-success",
  muted: "bg-muted-foreground/60",
  destructive: "bg-destructive",
} as const;

export type ProgressTone = keyof typeof tones;

export interface ProgressProps {
  /** The accessible name of the bar. */
  readonly label: string;
  /** 0 to 100; null: unknown. */
  readonly percent: number | null;
  /** Read by screen readers instead of the number. */
  readonly text?: string;
  readonly tone?: ProgressTone;
  /** No transition: with many bars, the browser would redraw in every frame. */
  readonly still?: boolean;
  readonly className?: string;
}

/**
 * A progress bar. It is animated with a transform, which browsers run on the compositor. Animating the
 * width would cause a layout of the page in every frame.
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
