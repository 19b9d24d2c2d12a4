import { readEnvironment } from "../../src/env.ts";
import { type Application, composeApplication } from "../../src/server/application.ts";
import { Closers } from "../../src/server/closers.ts";
import { openData } from "../../src/server/open-data.ts";
import { silentLog } from "./memory-core.ts";

/** Which data a start works on. Without `databaseUrl`: the SQLite file in the data directory. */
export interface DataChoice {
  readonly dataDir: string;
  readonly databaseUrl?: string;
}

export function environmentOn({ dataDir, databaseUrl }: DataChoice) {
  return readEnvironment({
    NODE_ENV: "test",
    DATA_DIR: dataDir,
    LOG_LEVEL: "silent",
    SWEEP_INTERVAL: "off",
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  });
}

/** Composes the application as a server does, without listening. */
export async function startOn(choice: DataChoice): Promise<Application & AsyncDisposable> {
  const application = await composeApplication(environmentOn(choice));
  return { ...application, [Symbol.asyncDispose]: () => application.close() };
}

/** Why a start on this data is refused; throws when it is not. */
export async function refusalOn(choice: DataChoice): Promise<string> {
  const started = await startOn(choice).catch((error: unknown) => error);
  if (started instanceof Error) return `${started.name}: ${started.message}`;
  await (started as Application).close();
  throw new Error("The start was not refused.");
}

/** What `npm run cli -- adopt` does while no server runs. */
export async function adoptOn(choice: DataChoice): Promise<void> {
  const closers = new Closers();
  try {
    await openData(environmentOn(choice), { log: silentLog, closers, adopting: true });
  } finally {
    await closers.close(null);
  }
}
