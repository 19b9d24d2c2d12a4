import { StartError } from "../start-error.ts";

const MARK = "move ";

/**
 * What a database has in place of its store's id while a move into it is not complete: the id of the
 * store that is moved, and where the files are after the move.
 */
export function moveMark(sourceStore: string, files: string): string {
  return `${MARK}${sourceStore} ${files}`;
}

export function isMoveMark(recordedStore: string | null): boolean {
  return recordedStore?.startsWith(MARK) ?? false;
}

/** Throws a `StartError` for the recorded store of a database that a move has not filled yet. */
export function refuseHalfMoved(recordedStore: string | null): void {
  if (!isMoveMark(recordedStore)) return;
  throw new StartError(
    "The move into this database is not complete. Run `npm run cli -- move` again with the settings of the old installation, or set DATABASE_URL to another database.",
  );
}
