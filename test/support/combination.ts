import { freshPostgres, postgresUrl } from "./postgres.ts";
import { s3Settings, startS3Server } from "./s3-server.ts";

/** Where records and bytes are: what an operator chooses by settings. */
export const combinations = ["sqlite-files", "postgresql-files", "postgresql-s3"] as const;
export type Combination = (typeof combinations)[number];

/** Settings of a database and a store of an application's own, removed when disposed of. */
export interface CombinationData extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
}

/** The combination of this run (TEST_COMBINATION), which suites use unless they name their own data. */
export function chosenCombination(): Combination {
  const name = process.env.TEST_COMBINATION ?? "sqlite-files";
  const chosen = combinations.find((each) => each === name);
  if (chosen === undefined)
    throw new Error(`TEST_COMBINATION must be one of ${combinations.join(", ")}.`);
  return chosen;
}

/** Creates the data of a combination. Throws if PostgreSQL or versitygw is missing. */
export async function openCombination(combination: Combination): Promise<CombinationData> {
  const opened: AsyncDisposable[] = [];
  const env: Record<string, string> = {};
  if (combination !== "sqlite-files") {
    const admin = await postgresUrl();
    if (admin === null) throw new Error("No PostgreSQL can be started here.");
    const database = await freshPostgres(admin);
    opened.unshift(database);
    env.DATABASE_URL = database.url;
  }
  if (combination === "postgresql-s3") {
    const server = await startS3Server();
    opened.unshift(server);
    await server.createBucket("files");
    Object.assign(env, s3Settings(server, "files"), { NEXTAUTH_SECRET: "the secret of a test" });
  }
  return {
    env,
    async [Symbol.asyncDispose]() {
      for (const each of opened) await each[Symbol.asyncDispose]();
    },
  };
}
