/** The records of an application that runs in this process. */
export interface RunningRecords {
  readonly databaseUrl: string;
  /** Called after each edit that the application did not make itself. */
  readonly hear: () => void;
}

const running = new Map<string, RunningRecords>();

/** Registers the application on `dataDir`. */
export function onForeignEdit(dataDir: string, records: RunningRecords): void {
  running.set(dataDir, records);
}

/** Reports to the application on `dataDir`, if one runs here, that its records were changed. */
export function tellForeignEdit(dataDir: string): void {
  running.get(dataDir)?.hear();
}

/** The database of the application on `dataDir`; the SQLite file in it if none runs here. */
export function databaseOf(dataDir: string): string {
  return running.get(dataDir)?.databaseUrl ?? `file:${dataDir}/database.db`;
}
