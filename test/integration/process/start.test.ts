import { stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { freePort } from "../../support/free-port.ts";
import { signInOverHttp } from "../../support/sign-in-over-http.ts";
import { adminEmail, adminPassword, spawnServer } from "../../support/spawn-server.ts";
import { openSqliteFile } from "../../support/sqlite-file.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

describe("starting", () => {
  it("makes the first administrator and shows the password once", async () => {
    await using server = await spawnServer({ env: { ADMIN_PASSWORD: "" } });
    expect(server.output()).toMatch(/e-mail\s+admin@example\.com\n\s+password\s+\S{12,}/);
    await server.kill("SIGTERM");
    await server.start();
    expect(server.output()).not.toContain("password");
    expect((await stat(path.join(server.dataDir, "secret"))).mode & 0o777).toBe(0o600);
  });

  it("has made the first administrator when it answers for the first time", async () => {
    await using directory = await tempDirectory();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = { PORT: String(port), PUBLIC_URL: url };
    const starting = spawnServer({ dataDir: directory.path, env });
    const answered = () => fetch(`${url}/api/health`).then(Boolean, () => false);
    while (!(await answered())) await new Promise((resolve) => setTimeout(resolve, 1));
    // Not by signing in: a first sign-in takes longer than the making of an administrator.
    const records = openSqliteFile(`${directory.path}/database.db`);
    const users = records.prepare(`SELECT "email", "role" FROM "User"`).all();
    records.close();
    await using _server = await starting;
    expect(users).toEqual([expect.objectContaining({ email: adminEmail, role: "admin" })]);
    const session = await signInOverHttp(url, { email: adminEmail, password: adminPassword });
    expect(await session.isSignedIn()).toBe(true);
  });

  it("is refused while another process uses the data directory", async () => {
    await using server = await spawnServer();
    await expect(spawnServer({ dataDir: server.dataDir })).rejects.toThrow(
      `Another process uses the data directory ${server.dataDir}`,
    );
  });

  it("is refused on a port that is taken, in one sentence", async () => {
    await using server = await spawnServer();
    const second = spawnServer({ env: { PORT: String(server.port) } });
    await expect(second).rejects.toThrow(`Port ${server.port} is in use`);
  });

  it("makes no administrator before all is ready: the start that is shows the password", async () => {
    await using server = await spawnServer();
    await using directory = await tempDirectory();
    const ask = { dataDir: directory.path, env: { ADMIN_PASSWORD: "" } };
    const refused = spawnServer({ ...ask, env: { ...ask.env, PORT: String(server.port) } });
    await expect(refused).rejects.toThrow(/^(?!.*password)/s);
    await using second = await spawnServer(ask);
    expect(second.output()).toMatch(/password\s+\S{12,}/);
  });

  it("says what an operator must know, and nothing else", async () => {
    await using server = await spawnServer({ env: { ADMIN_PASSWORD: "", LOG_LEVEL: "info" } });
    const { url, dataDir } = server;
    const said = server
      .output()
      .replace(/(password +)\S{20}\n/, "$1…\n")
      .replace(/\d+ applied/, "… applied");
    // Next has a line of its own, of how long it read its settings.
    expect(said.replace(/^.* Running next\.config\.js .*\n/, "")).toBe(
      `
  Ready at ${url}

  database    SQLite, ${dataDir}/database.db
  files       ${dataDir}/media
  migrations  … applied

  Sign in as the first administrator. The password is shown this once:

  e-mail      ${adminEmail}
  password    …
  if lost     npm run cli -- user password ${adminEmail}

`,
    );
  });

  it("is refused where the data directory cannot be used, in one sentence", async () => {
    await using directory = await tempDirectory();
    await writeFile(path.join(directory.path, "lock"), "");
    const started = spawnServer({ dataDir: directory.path });
    await expect(started).rejects.toThrow(
      /The server cannot start\.\nThe data directory \S+ cannot be used: \S+.*\n\n$/,
    );
  });

  it("is refused with a secret that is too short, in one sentence", async () => {
    await using directory = await tempDirectory();
    await writeFile(path.join(directory.path, "secret"), "x");
    const started = spawnServer({ dataDir: directory.path });
    await expect(started).rejects.toThrow(
      /The server cannot start\.\nThere is no secret to sign sessions with: .*too short.*\n\n$/,
    );
  });

  it("is refused with every bad setting by name", async () => {
    const started = spawnServer({ env: { CHUNK_SIZE: "1", CHUNKED_UPLOAD_STORAGE: "tape" } });
    await expect(started).rejects.toThrow(/CHUNKED_UPLOAD_STORAGE must.*\n.*CHUNK_SIZE must/);
  });

  it("is refused with an unknown digest algorithm", async () => {
    const started = spawnServer({ env: { CHUNKED_UPLOAD_CHECKSUM: "md9" } });
    await expect(started).rejects.toThrow(/CHUNKED_UPLOAD_CHECKSUM must be one of .*md5/);
  });
});
