import { chmod, cp, mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { Client } from "pg";
import { describe, expect, it } from "vitest";
import { installedBinaries, startPostgres } from "../../support/embedded-postgres.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

describe("the PostgreSQL of the tests", () => {
  it("starts below a folder that other users cannot enter, and creates no system user", async () => {
    await using directory = await tempDirectory();
    const closed = path.join(directory.path, "closed");
    await mkdir(closed);
    const native = path.join(closed, "native");
    await cp(installedBinaries(), native, { recursive: true, verbatimSymlinks: true });
    await chmod(closed, 0o700);
    const users = await readFile("/etc/passwd", "utf8");
    const server = await startPostgres(native);
    const client = new Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query("SELECT 1 AS one");
    await client.end();
    await server.stop();
    expect(rows).toEqual([{ one: 1 }]);
    expect(await readFile("/etc/passwd", "utf8")).toBe(users);
  });

  it("rejects when its program cannot be started, and does not end the process", async () => {
    await expect(startPostgres("/no/such/folder")).rejects.toThrow(/ENOENT/);
  });
});
