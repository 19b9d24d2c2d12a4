// What the scripts of this folder share: the two providers, and the schema of each from models.prisma.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** This folder. */
export const prismaFolder = dirname(fileURLToPath(import.meta.url));

export const providers = ["sqlite", "postgresql"];

/** The schema file of a provider. */
export const schemaPath = (provider) => join(prismaFolder, provider, "schema.prisma");

/** A provider's whole schema, as models.prisma says today. */
export function schemaText(provider) {
  const models = readFileSync(join(prismaFolder, "models.prisma"), "utf8");
  return `// Written by prisma/generate.mjs from models.prisma: do not edit.

generator client {
  provider            = "prisma-client"
  output              = "../../src/generated/${provider}"
  runtime             = "nodejs"
  moduleFormat        = "esm"
  importFileExtension = "ts"
}

datasource db {
  provider = "${provider}"
}

${models}`;
}
