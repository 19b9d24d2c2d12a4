// The migrations on disk: <provider>/migrations/<timestamp>_<name>/ contains migration.sql and the
// schema after that migration.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { prismaFolder } from "./schemas.mjs";

export const migrationsFolder = (provider) => join(prismaFolder, provider, "migrations");

/** Names of a provider's migrations, oldest first. */
export function migrationNames(provider) {
  const folder = migrationsFolder(provider);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** The schema after a provider's last migration; null without migrations. */
export function lastSchema(provider) {
  const last = migrationNames(provider).at(-1);
  if (last === undefined) return null;
  return readFileSync(join(migrationsFolder(provider), last, "schema.prisma"), "utf8");
}
