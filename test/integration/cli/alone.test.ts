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

const nowhere = "/nowhere/at/all";

/** Finishes an upload as long as `nowhere`, without a server; answers where its file lies. */
async function finishUpload(dataDir: string): Promise<string> {
  const environment = readEnvironment({ DATA_DIR: dataDir, LOG_LEVEL: "silent" });
  const profiles = defineProfiles({ default: profile({ checksum: "optional" }) });
  const application = await composeApplication(environment, { profiles, serving: false });
  const owner = await application.auth.users.create({ email: "ann@example.com" });
  const principal = { ...owner, kind: "user", via: "session" } as const;
  const { service } = application.core;
  const total = nowhere.length;
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

async function home() {
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
  it("migrates once", async () => {
    await using data = await home();
    expect((await data.run(["migrate"])).stdout).toMatch(/^Applied: \d{14}_init/);
    expect((await data.run(["migrate"])).stdout).toBe("The database is up to date.\n");
  });

  it("adds a user and a token on an empty data directory", async () => {
    await using data = await home();
    const added = await data.run(
      ["user", "add", "ann@example.com", "--admin"],
      "a good password\n",
    );
    expect(added).toMatchObject({ code: 0, stdout: "Administrator ann@example.com added.\n" });
    const args = ["token", "create", "ann@example.com", "--name", "x", "--expires-in-days", "7"];
    const made = await data.run(args);
    expect(made.stdout).toMatch(/^up_\S+\n$/);
    expect(made.stderr).toMatch(/^Valid until \d{4}-/);
  });

  it("sweeps and verifies nothing", async () => {
    await using data = await home();
    expect((await data.run(["sweep", "--keep-record"])).stdout).toBe(
      "Removed 0 files (0 bytes) and 0 records.\n",
    );
    expect((await data.run(["verify"])).stdout).toBe("0 checked, 0 damaged.\n");
  });

  it("answers on standard output and logs elsewhere", async () => {
    await using data = await home();
    const file = await finishUpload(data.path);
    // A link in the file's place, as long as the file, that leads nowhere.
    await rm(file);
    await symlink(nowhere, file);
    const { code, stdout, stderr } = await data.run(["verify", "--json"]);
    expect(code).toBe(2);
    const lines = stdout.trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ problem: "unreadable" }),
      { checked: 1, damaged: 1, stopped: false },
    ]);
    expect(stderr).toContain("a finished file could not be read");
  });

  it("names bad settings and bad options", async () => {
    const bad = await runCli(["sweep"], { env: { CHUNK_SIZE: "1" } });
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain("CHUNK_SIZE must be");
    await using data = await home();
    const args = ["token", "create", "a@b", "--name", "x", "--expires-in-days", "-1"];
    expect((await data.run(args)).code).toBe(1);
  });

  it("ends quietly when nobody reads on", async () => {
    const root = path.join(import.meta.dirname, "../../..");
    const { stderr } = await execute("sh", ["-c", "node dist/cli.js --help | true"], root);
    expect(stderr).toBe("");
  });
});
