// Fails when models.prisma, the written schemas and the migrations do not agree: run by CI.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@libsql/client";
import { lastSchema, migrationNames, migrationsFolder } from "./migration-folders.mjs";
import { diffFile, diffSchemas } from "./schema-engine.mjs";
import { providers, schemaPath, schemaText } from "./schemas.mjs";

const problems = [];

for (const provider of providers) {
  const schema = schemaText(provider);
  if (!existsSync(schemaPath(provider)) || readFileSync(schemaPath(provider), "utf8") !== schema) {
    problems.push(
      `prisma/${provider}/schema.prisma is not what models.prisma says: npm run generate`,
    );
  }
  if ((await diffSchemas(provider, lastSchema(provider), schema)) !== null) {
    problems.push(
      `${provider}: models.prisma has changes without a migration: npm run migration:new NAME`,
    );
  }
}
const [sqliteNames, postgresNames] = providers.map((provider) => migrationNames(provider).join());
if (sqliteNames !== postgresNames) problems.push("The providers' migrations have different names.");
const drift = await driftOfFreshFile();
if (drift !== null)
  problems.push(`The SQLite migrations do not lead to models.prisma; missing:\n${drift}`);

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log("Models, schemas and migrations agree.");

/** Applies every SQLite migration to a fresh file and compares what came out with the models. */
async function driftOfFreshFile() {
  const folder = mkdtempSync(join(tmpdir(), "migrations-"));
  try {
    const url = `file:${join(folder, "fresh.db")}`;
    const client = createClient({ url, timeout: 5000 });
    for (const name of migrationNames("sqlite")) {
      const sql = readFileSync(join(migrationsFolder("sqlite"), name, "migration.sql"), "utf8");
      await client.executeMultiple(sql);
    }
    client.close();
    return await diffFile(url, schemaText("sqlite"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
