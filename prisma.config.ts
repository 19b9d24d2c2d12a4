import { defineConfig } from "prisma/config";

/**
 * For Prisma's CLI (`npx prisma migrate deploy`, `prisma studio`), which is optional: the server applies
 * its migrations itself. The scheme of DATABASE_URL selects the schema, as in the server.
 */
const url = process.env.DATABASE_URL ?? "file:./data/database.db";
const provider = url.startsWith("file:") ? "sqlite" : "postgresql";

export default defineConfig({
  schema: `prisma/${provider}/schema.prisma`,
  migrations: { path: `prisma/${provider}/migrations` },
  datasource: { url },
});
