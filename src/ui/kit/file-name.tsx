import { classNames } from "./class-names.ts";

/**
 * The name of a file. It is read in the direction of its own letters (the end is what an ellipsis
 * takes away) but stands where the other names do. Narrow screens show two lines of a long one.
 */
export function FileName({ name, className }: { name: string; className?: string }) {
  return (
    <p
      dir="auto"
      title={name}
      className={classNames(
        "max-sm:wrap-anywhere text-left font-medium text-sm max-sm:line-clamp-2 sm:truncate",
        className,
      )}
    >
      {name}
    </p>
  );
}
