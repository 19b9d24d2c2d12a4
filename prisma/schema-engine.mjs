// Prisma's schema engine as WebAssembly: generates the SQL between two schemas without a native binary,
// server or shadow database. Used to write and check migrations, not to apply them.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import { openSqliteForEngine } from "./sqlite-for-engine.mjs";

let loaded;

/** Instantiated explicitly because Node 20 cannot import .wasm files. */
function loadEngine() {
  loaded ??= (async () => {
    const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm");
    const bytes = await readFile(join(dirname(entry), "schema_engine_bg.wasm"));
    const { instance } = await WebAssembly.instantiate(bytes, {
      "./schema_engine_bg.js": bindings,
    });
    bindings.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
    return bindings.SchemaEngine;
  })();
  return loaded;
}

const noFilters = { externalTables: [], externalEnums: [] };
const files = (schema) => [{ path: "schema.prisma", content: schema }];

/** The SQL that migrates from one schema (null: an empty database) to another; null if they are equal. */
export async function diffSchemas(provider, from, to) {
  const { adapter, close } = await adapters[provider]();
  try {
    const engine = await openEngine(to, adapter);
    const result = await engine.diff({
      from: from === null ? { tag: "empty" } : { tag: "schemaDatamodel", files: files(from) },
      to: { tag: "schemaDatamodel", files: files(to) },
      script: true,
      exitCode: true,
      filters: noFilters,
    });
    return result.exitCode === 2 ? result.stdout : null;
  } finally {
    await close();
  }
}

/**
 * The SQL that migrates an SQLite database from its state after the script `migrations` to a schema;
 * null if there is no difference.
 */
export async function diffMigrations(migrations, schema) {
  const { sqlite, adapter, close } = await openSqliteForEngine();
  try {
    await sqlite.script(migrations);
    return await diffDatabase(adapter, schema);
  } finally {
    await close();
  }
}

async function diffDatabase(adapter, schema) {
  const engine = await openEngine(schema, adapter);
  const result = await engine.diff({
    from: { tag: "schemaDatasource", files: files(schema), configDir: "." },
    to: { tag: "schemaDatamodel", files: files(schema) },
    script: true,
    exitCode: true,
    filters: noFilters,
  });
  return result.exitCode === 2 ? result.stdout : null;
}

async function openEngine(schema, adapter) {
  const SchemaEngine = await loadEngine();
  return SchemaEngine.new(
    { datamodels: [["schema.prisma", schema]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
}

const adapters = {
  sqlite: openSqliteForEngine,
  postgresql: async () => ({ adapter: postgresStub, close: async () => {} }),
};

/** Replaces a PostgreSQL connection: comparing two schemas only queries its version. */
const postgresStub = {
  provider: "postgres",
  adapterName: "stub",
  connect: async () => stubConnection,
  connectToShadowDb: async () => {
    throw new Error("Comparing two schemas must not need a shadow database.");
  },
};
const version = "PostgreSQL 16.0";
const stubConnection = {
  provider: "postgres",
  adapterName: "stub",
  queryRaw: async ({ sql }) => {
    if (/current_setting\('server_version_num'\)/.test(sql)) {
      return {
        columnNames: ["exists", "version", "numeric_version"],
        columnTypes: [5, 7, 0],
        rows: [[true, version, 160000]],
      };
    }
    return { columnNames: ["version"], columnTypes: [7], rows: [[version]] };
  },
  executeRaw: async () => 0,
  executeScript: async () => {},
  startTransaction: async () => {
    throw new Error("Comparing two schemas must not start a transaction.");
  },
  getConnectionInfo: () => ({ schemaName: "public", supportsRelationJoins: true }),
  dispose: async () => {},
};
