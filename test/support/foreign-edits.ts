/** What applications in this process must hear when their records are changed behind their back. */
const listeners = new Map<string, () => void>();

/** Calls `hear` after each edit of the records in `dataDir`. */
export function onForeignEdit(dataDir: string, hear: () => void): void {
  listeners.set(dataDir, hear);
}

/** Tells the application on `dataDir`, if one runs here, that its records were changed. */
export function tellForeignEdit(dataDir: string): void {
  listeners.get(dataDir)?.();
}
