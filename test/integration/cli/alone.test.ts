import { rm, symlink } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { readEnvironment } from "../../../src/env.ts";
import { composeApplication } from "../../../src/server/application.ts";
import { arriving } from "../../support/memory-core.ts";
import { execute } from "../../support/npm.ts";
import { runCli } from "../../support/spawn-server.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const missingPath = "/does/not/exist";

/** Finishes an upload with the length of `missingPath` without a server, and returns the path of its file. */
async function finishUpload(dataDir: string): Promise<string> {
  const environment = readEnvironment({ DATA_DIR: dataDir, LOG_LEVEL: "silent" });
  const profiles = defineProfiles({ default: profile({ checksum: "optional" }) });
  const application = await composeApplication(environment, { profiles, serving: false });
  const owner = await application.auth.users.create({ email: "ann@example.com" });
  const principal = { ...owner, kind: "user", via: "session" } as const;
  const { service } = application.core;
  const total = missingPath.length;
  const { id, storageKey } = await service.init(principal, { filename: "a", size: total });
  await service.append(principal, {
    id,
    position: { start: 0, end: total, total },
    contentLength: total,
    body: arriving(new Uint8Array(total)),
    signal: new AbortController().signal,
  });
  await service.complete(principal, { id });
  await application.close();
  return path.join(dataDir, "media", `${storageKey}.done`);
}

async function dataDirectory() {
  const directory = await tempDirectory();
  const env = { DATA_DIR: directory.path };
  return {
    path: directory.path,
    run: (args: readonly string[], input?: string) =>
      runCli(args, { env, ...(input === undefined ? {} : { input }) }),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

describe("the command line without a server", () => {
  it("applies migrations once", async () => {
    await using data = await dataDirectory();
    expect((await data.run(["migrate"])).stdout).toMatch(/^Applied: \d{14}_init/);
    expect((await data.run(["migrate"])).stdout).toBe("The database is up to date.\n");
  });

  it("adds a user and a token to an empty data directory", async () => {
    await using data = await dataDirectory();
    const added = await data.run(
      ["user", "add", "ann@example.com", "--admin"],
      "a good password\n",
    );
    expect(added).toMatchObject({ code: 0, stdout: "Administrator ann@example.com added.\n" });
    const args = ["token", "create", "ann@example.com", "--name", "x", "--expires-in-days", "7"];
    const created = await data.run(args);
    expect(created.stdout).toMatch(/^up_\S+\n$/);
    expect(created.stderr).toMatch(/^Valid until \d{4}-/);
  });

  it("sweeps and verifies an empty data directory", async () => {
    await using data = await dataDirectory();
    expect((await data.run(["sweep", "--keep-record"])).stdout).toBe(
      "Removed 0 files (0 bytes) and 0 records.\n",
    );
    expect((await data.run(["verify"])).stdout).toBe("0 checked, 0 damaged.\n");
  });

  it("prints results to standard output and logs to standard error", async () => {
    await using data = await dataDirectory();
    const file = await finishUpload(data.path);
    // A dangling symbolic link with the length of the file.
    await rm(file);
    await symlink(missingPath, file);
    const { code, stdout, stderr } = await data.run(["verify", "--json"]);
    expect(code).toBe(2);
    const lines = stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ problem: "unreadable" }),
      { checked: 1, damaged: 1, stopped: false },
    ]);
    expect(stderr).toContain("a finished file could not be read");
  });

  it("reports invalid settings and invalid options", async () => {
    const bad = await runCli(["sweep"], { env: { CHUNK_SIZE: "1" } });
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain("CHUNK_SIZE must be");
    await using data = await dataDirectory();
    const args = ["token", "create", "a@b", "--name", "x", "--expires-in-days", "-1"];
    expect((await data.run(args)).code).toBe(1);
  });

  it("exits without an error when its output is closed", async () => {
    const root = path.join(import.meta.dirname, "../../..");
    const { stderr } = await execute("sh", ["-c", "node dist/cli.js --help | true"], root);
    expect(stderr).toBe("");
  });
});
