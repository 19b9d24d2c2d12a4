// node prisma/new-migration.mjs NAME: writes a migration for each provider, from the schema of its
// last migration to the current models.prisma. Works offline.
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

// The public schema always exists, and few roles have the right to create schemas.
const createSchema = /^-- CreateSchema\nCREATE SCHEMA IF NOT EXISTS "public";\n\n/;
const drafts = [];
for (const provider of providers) {
  const schema = schemaText(provider);
  const sql = await diffSchemas(provider, lastSchema(provider), schema);
  drafts.push({ provider, schema, sql: sql?.replace(createSchema, "") ?? null });
}
if (drafts.every(({ sql }) => sql === null)) {
  console.log("Models and migrations match: nothing to migrate.");
  process.exit(0);
}
for (const { provider, schema, sql } of drafts) {
  const folder = join(migrationsFolder(provider), `${stamp}_${name}`);
  mkdirSync(folder, { recursive: true });
  // Both providers get every migration, even an empty one, so that their histories match.
  writeFileSync(join(folder, "migration.sql"), sql ?? "-- No changes for this provider.\n");
  writeFileSync(join(folder, "schema.prisma"), schema);
  writeFileSync(schemaPath(provider), schema);
  writeFileSync(
    join(migrationsFolder(provider), "migration_lock.toml"),
    `# Read by \`prisma migrate\`: the provider of these migrations.\nprovider = "${provider}"\n`,
  );
  console.log(`prisma/${provider}/migrations/${stamp}_${name}/migration.sql`);
}
