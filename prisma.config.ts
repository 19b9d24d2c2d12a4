import { defineConfig } from "prisma/config";

/**
 * For Prisma's own command (`npx prisma migrate deploy`, `prisma studio`), which nothing here needs:
 * the server applies its migrations itself. DATABASE_URL picks the schema by its scheme, as the
 * server does.
 */
const url = process.env.DATABASE_URL ?? "file:./data/database.db";
const provider = url.startsWith("file:") ? "sqlite" : "postgresql";

export default defineConfig({
  schema: `prisma/${provider}/schema.prisma`,
  migrations: { path: `prisma/${provider}/migrations` },
  datasource: { url },
});
