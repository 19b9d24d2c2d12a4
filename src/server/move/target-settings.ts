import type { Environment } from "../../env.ts";
import { instancesOf } from "../../instances.ts";
import { databaseName } from "../banner.ts";
import { StartError } from "../start-error.ts";

/**
 * The settings of the installation after the move: the source's, with the database and the store that
 * were asked for. `store` null leaves the files where they are. Throws a `StartError` when the move is
 * not possible with these settings.
 */
export function targetSettings(
  source: Environment,
  { to, store }: { to: string; store: "s3" | null },
): Environment {
  if (!/^postgres(ql)?:\/\//.test(to) || !URL.canParse(to))
    throw new StartError("--to must be postgresql://user:password@host:5432/database.");
  if (source.instances === "several")
    throw new StartError(
      "The installation uses PostgreSQL and S3 already. Use pg_dump to move it to another database.",
    );
  if (databaseName(to) === databaseName(source.databaseUrl))
    throw new StartError("The installation uses this database already. Set --to to another one.");
  if (store === "s3" && source.storage === "s3")
    throw new StartError("The files are in S3 already. Run the move without --store.");
  if (store === "s3" && source.s3.bucket === "")
    throw new StartError("S3_BUCKET must be set for --store s3.");
  const storage = store ?? source.storage;
  const instances = instancesOf({ databaseUrl: to, storage });
  return { ...source, databaseUrl: to, databaseDirectUrl: to, storage, instances };
}
