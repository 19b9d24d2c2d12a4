// A process of its own that runs the SQL it is sent on one connection to a SQLite file.
const [path] = process.argv.slice(2);
const major = Number.parseInt(process.versions.node, 10);
const { DatabaseSync } =
  major >= 24 ? process.getBuiltinModule("node:sqlite") : await import("@photostructure/sqlite");
const database = new DatabaseSync(path, { timeout: 0 });

process.on("message", ({ id, sql }) => {
  try {
    process.send({ id, rows: database.prepare(sql).all() });
  } catch (error) {
    process.send({ id, problem: error.message });
  }
});
process.on("disconnect", () => process.exit());
