import { classNames } from "./class-names.ts";
import { splitFolder, splitName } from "./split-name.ts";

interface FileNameProps {
  readonly name: string;
  /** Where the file was in its folder, its name included; null or the name itself for a single file. */
  readonly path?: string | null;
  readonly className?: string;
}

/**
 * The name of a file, with the folder that it was in before it, or above it on narrow screens. Long
 * ones are cut in the middle: their ends often tell the most. A name is read in the direction of its
 * own letters but starts where the other names do.
 */
export function FileName({ name, path = null, className }: FileNameProps) {
  const folder = path === null ? "" : path.slice(0, path.lastIndexOf("/") + 1);
  return (
    <p
      dir="auto"
      title={path ?? name}
      className={classNames("flex text-left font-medium text-sm max-sm:flex-col", className)}
    >
      {folder !== "" && (
        <Parts
          of={splitFolder(folder)}
          className="shrink-[4] font-normal text-muted-foreground max-sm:text-xs sm:max-w-3/5"
        />
      )}
      <Parts of={splitName(name)} />
    </p>
  );
}

interface PartsProps {
  readonly of: readonly [head: string, tail: string];
  readonly className?: string;
}

/** A text that loses the end of its first part where there is no room for all of it. */
function Parts({ of: [head, tail], className }: PartsProps) {
  return (
    <span className={classNames("flex min-w-0", className)}>
      <span className="min-w-0 truncate whitespace-pre">{head}</span>
      {tail !== "" && <span className="shrink-0 whitespace-pre">{tail}</span>}
    </span>
  );
}
