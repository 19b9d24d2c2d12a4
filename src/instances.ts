/**
 * Whether the settings are those of a single server, which owns its data, or of one of several instances
 * that share PostgreSQL and S3. No other code decides this.
 */
export function instancesOf(chosen: {
  readonly databaseUrl: string | undefined;
  readonly storage: "filesystem" | "s3";
}): "one" | "several" {
  const isPostgres = /^postgres(ql)?:/.test(chosen.databaseUrl ?? "");
  return isPostgres && chosen.storage === "s3" ? "several" : "one";
}

/** Returns the problems of settings that depend on the number of instances. */
export function instanceProblems(settings: {
  readonly instances: "one" | "several";
  readonly secret: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly directUrl: string | undefined;
}): string[] {
  const problems: string[] = [];
  if (settings.instances === "several" && settings.secret === undefined) {
    problems.push(
      "NEXTAUTH_SECRET must be set: with PostgreSQL and S3, all instances need the same secret",
    );
  }
  if (settings.directUrl !== undefined && !/^postgres/.test(settings.databaseUrl ?? "")) {
    problems.push("DATABASE_DIRECT_URL must be unset unless DATABASE_URL is postgresql://…");
  }
  return problems;
}
