// Checks that models.prisma, the generated schemas and the migrations match. Run by CI.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lastSchema, migrationNames, migrationsFolder } from "./migration-folders.mjs";
import { diffMigrations, diffSchemas } from "./schema-engine.mjs";
import { providers, schemaPath, schemaText } from "./schemas.mjs";

/**
 * Begins the part of a migration that no model describes: virtual tables, triggers and partial indexes.
 * The schema engine cannot describe a database that contains them.
 */
const byHand = "-- Written by hand from here on";

const problems = [];

for (const provider of providers) {
  const schema = schemaText(provider);
  if (!existsSync(schemaPath(provider)) || readFileSync(schemaPath(provider), "utf8") !== schema) {
    problems.push(`prisma/${provider}/schema.prisma is out of date: run npm run generate`);
  }
  if ((await diffSchemas(provider, lastSchema(provider), schema)) !== null) {
    problems.push(
      `${provider}: models.prisma has changes without a migration: run npm run migration:new NAME`,
    );
  }
}
const [sqliteNames, postgresNames] = providers.map((provider) => migrationNames(provider).join());
if (sqliteNames !== postgresNames)
  problems.push("The SQLite and PostgreSQL migrations have different names.");
const drift = await driftOfMigrations();
if (drift !== null)
  problems.push(`The SQLite migrations do not produce the models; missing:\n${drift}`);

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log("Models, schemas and migrations match.");

/** Applies every SQLite migration to an empty database and compares the result with the models. */
function driftOfMigrations() {
  const scripts = migrationNames("sqlite").map(
    (name) =>
      readFileSync(join(migrationsFolder("sqlite"), name, "migration.sql"), "utf8").split(
        byHand,
      )[0],
  );
  return diffMigrations(scripts.join("\n;\n"), schemaText("sqlite"));
}
