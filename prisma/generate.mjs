// Writes each provider's schema from models.prisma, generates both clients in src/generated if they
// are out of date, and bundles the SQLite thread.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { prismaFolder, providers, schemaPath, schemaText } from "./schemas.mjs";
import { bundleSqliteThread } from "./sqlite-thread.mjs";

const require = createRequire(import.meta.url);
const prismaPackage = require.resolve("prisma/package.json");

for (const provider of providers) generate(provider);
await bundleSqliteThread();

function generate(provider) {
  const schema = schemaText(provider);
  writeIfChanged(schemaPath(provider), schema);
  const output = join(prismaFolder, "..", "src", "generated", provider);
  const stamp = join(output, ".generated-from");
  const hash = createHash("sha256")
    .update(schema)
    .update(readFileSync(prismaPackage))
    .digest("hex");
  if (readIfExists(stamp) === hash) return;
  rmSync(output, { recursive: true, force: true });
  const cli = join(dirname(prismaPackage), "build", "index.js");
  const { status } = spawnSync(
    process.execPath,
    [cli, "generate", "--schema", schemaPath(provider), "--no-hints"],
    {
      cwd: join(prismaFolder, ".."),
      stdio: ["ignore", "ignore", "inherit"],
      // `generate` does not need the schema engine but would download it. Do not set this for other
      // commands: those that need the engine would succeed without doing anything.
      env: {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true",
        PRISMA_HIDE_UPDATE_MESSAGE: "1",
        CHECKPOINT_DISABLE: "1",
      },
    },
  );
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stamp, hash);
}

function writeIfChanged(path, text) {
  if (readIfExists(path) === text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function readIfExists(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}
