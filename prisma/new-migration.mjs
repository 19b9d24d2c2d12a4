// node prisma/new-migration.mjs NAME: writes one migration for both providers, from the schema
// beside the last migration to what models.prisma says today. Offline.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastSchema, migrationsFolder } from "./migration-folders.mjs";
import { diffSchemas } from "./schema-engine.mjs";
import { providers, schemaPath, schemaText } from "./schemas.mjs";

const name = process.argv[2] ?? "";
if (!/^[a-z0-9_]{1,60}$/.test(name)) {
  console.error("Usage: node prisma/new-migration.mjs NAME   (lower-case letters, digits and _)");
  process.exit(2);
}
const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);

// The public schema is always there; asking for it would need a right that few roles have.
const createSchema = /^-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n\n/;
const drafts = [];
for (const provider of providers) {
  const schema = schemaText(provider);
  const sql = await diffSchemas(provider, lastSchema(provider), schema);
  drafts.push({ provider, schema, sql: sql?.replace(createSchema, "") ?? null });
}
if (drafts.every(({ sql }) => sql === null)) {
  console.log("Models and migrations agree: there is nothing to migrate.");
  process.exit(0);
}
for (const { provider, schema, sql } of drafts) {
  const folder = join(migrationsFolder(provider), `${stamp}_${name}`);
  mkdirSync(folder, { recursive: true });
  // A change that one provider does not feel still gets a migration there: the histories stay equal.
  writeFileSync(join(folder, "migration.sql"), sql ?? "-- Nothing changes here.\n");
  writeFileSync(join(folder, "schema.prisma"), schema);
  writeFileSync(schemaPath(provider), schema);
  writeFileSync(
    join(migrationsFolder(provider), "migration_lock.toml"),
    `# Read by \`prisma migrate\`: the database that these migrations are for.\nprovider = "${provider}"\n`,
  );
  console.log(`prisma/${provider}/migrations/${stamp}_${name}/migration.sql`);
}
