import { classNames } from "./class-names.ts";
import { splitFolder, splitName } from "./split-name.ts";

interface FileNameProps {
  readonly name: string;
  /** The path in the uploaded folder, including the name; null or the name itself for a single file. */
  readonly path?: string | null;
  readonly className?: string;
}

/**
 * A filename after its folder, or below it on narrow screens. Long names are truncated in the middle,
 * since their ends often differ. The text direction follows the name; the alignment does not.
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

/** A text of two parts. If there is not enough space, the end of the first part is truncated. */
function Parts({ of: [head, tail], className }: PartsProps) {
  return (
    <span className={classNames("flex min-w-0", className)}>
      <span className="min-w-0 truncate whitespace-pre">{head}</span>
      {tail !== "" && <span className="shrink-0 whitespace-pre">{tail}</span>}
    </span>
  );
}
