import { classNames } from "./class-names.ts";
import { splitName } from "./split-name.ts";

interface FileNameProps {
  readonly name: string;
  /** Where the file was in its folder, its name included; null or the name itself for a single file. */
  readonly path?: string | null;
  readonly className?: string;
}

/**
 * The name of a file, with the folder that it was in before it. A long one is cut in the middle: its
 * end often tells the most. It is read in the direction of its own letters but starts where the
 * other names do.
 */
export function FileName({ name, path = null, className }: FileNameProps) {
  const folder = folderOf(path);
  const [head, tail] = splitName(name);
  return (
    <p
      dir="auto"
      title={path ?? name}
      className={classNames("flex text-left font-medium text-sm", className)}
    >
      {folder !== "" && (
        <span className="max-w-1/2 shrink-[4] truncate whitespace-pre font-normal text-muted-foreground">
          {folder}
        </span>
      )}
      <span className="min-w-0 truncate whitespace-pre">{head}</span>
      {tail !== "" && <span className="shrink-0 whitespace-pre">{tail}</span>}
    </p>
  );
}

/** "Trip/day 1/" of "Trip/day 1/a.jpg"; "" for a file of no folder. */
function folderOf(path: string | null): string {
  return path === null ? "" : path.slice(0, path.lastIndexOf("/") + 1);
}
