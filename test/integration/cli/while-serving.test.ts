import { createHash } from "node:crypto";
import { readdir, truncate } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { chunkHeaders, send } from "../../support/http-client.ts";
import { signInOverHttp } from "../../support/sign-in-over-http.ts";
import {
  adminEmail,
  adminPassword,
  type SpawnedServer,
  spawnServer,
} from "../../support/spawn-server.ts";
import { trpcClient } from "../../support/trpc-client.ts";

/** Uploads a file and returns the id of the upload and the path of the stored file. */
async function finishUpload(server: SpawnedServer, token: string, filename: string) {
  const bytes = Buffer.from(`the content of ${filename}`);
  const { uploads } = trpcClient(server.url, token);
  const { id } = await uploads.init.mutate({ filename, size: bytes.length });
  const total = bytes.length;
  const put = await send(`${server.url}/api/uploads/${id}`, {
    method: "PUT",
    headers: chunkHeaders(token, { start: 0, length: total, total }),
    body: bytes,
  });
  expect(put.status).toBe(200);
  const checksum = createHash("md5").update(bytes).digest("hex");
  await uploads.complete.mutate({ id, checksum });
  const media = path.join(server.dataDir, "media");
  const names = await readdir(media, { recursive: true });
  const found = names.find((name) => name.includes(id));
  return { id, file: path.join(media, found ?? "") };
}

describe("the command line with a running server", () => {
  it("adds users and tokens that work at once", async () => {
    await using server = await spawnServer();
    const added = await server.cli(["user", "add", "Ann@Example.com", "--name", "Ann"], "");
    expect(added.stderr).toBe("");
    expect(added.stdout).toMatch(
      /User ann@example\.com added\.\nPassword \(shown only once\): \S+/,
    );
    const created = await server.cli(["token", "create", "ann@example.com", "--name", "script"]);
    expect(created.code).toBe(0);
    const { uploads } = trpcClient(server.url, created.stdout.trim());
    expect((await uploads.list.query({})).items).toEqual([]);
  });

  it("changes a user's password, which ends the user's sessions", async () => {
    await using server = await spawnServer();
    const old = await signInOverHttp(server.url, { email: adminEmail, password: adminPassword });
    expect(await old.isSignedIn()).toBe(true);
    const changed = await server.cli(["user", "password", adminEmail, "--generate", "--json"]);
    const { password } = JSON.parse(changed.stdout);
    expect(await old.isSignedIn()).toBe(false);
    const again = await signInOverHttp(server.url, { email: adminEmail, password: adminPassword });
    expect(await again.isSignedIn()).toBe(false);
    const renewed = await signInOverHttp(server.url, { email: adminEmail, password });
    expect(await renewed.isSignedIn()).toBe(true);
    const short = await server.cli(["user", "password", adminEmail], "short\n");
    expect(short.code).toBe(1);
    const accepted = await server.cli(["user", "password", adminEmail], "a long enough password\n");
    expect(accepted.stdout).toBe(
      `Changed the password of ${adminEmail} and ended all sessions of this user.\n`,
    );
  });

  it("reads a password from standard input and does not print it", async () => {
    await using server = await spawnServer();
    const args = ["user", "add", "bob@example.com", "--admin", "--json"];
    const { code, stdout } = await server.cli(args, "a long enough password\n");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      id: expect.any(String),
      email: "bob@example.com",
      role: "admin",
    });
  });

  it("prints an error message and exits with 1", async () => {
    await using server = await spawnServer();
    const unknown = await server.cli(["token", "create", "no@example.com", "--name", "x"]);
    expect(unknown).toMatchObject({ code: 1, stdout: "" });
    expect(unknown.stderr).toBe("There is no user no@example.com.\n");
    const twice = await server.cli(["user", "add", adminEmail, "--generate"]);
    expect(twice.code).toBe(1);
    expect((await server.cli(["fly"])).code).toBe(1);
  });

  it("verifies finished files and reports damage by its exit code", async () => {
    await using server = await spawnServer();
    const token = await server.token();
    await finishUpload(server, token, "whole.txt");
    const { id, file } = await finishUpload(server, token, "broken.txt");
    expect(await server.cli(["verify"])).toMatchObject({ code: 0 });
    await truncate(file, 3);
    const { code, stdout } = await server.cli(["verify"]);
    expect(code).toBe(2);
    expect(stdout).toContain(`wrong size  ${id}  broken.txt`);
    expect(stdout).toContain("2 checked, 1 damaged.");
    expect((await server.cli(["verify", crypto.randomUUID()])).code).toBe(1);
  });

  it("sweeps expired uploads: with --dry-run, with --interactive, and without options", async () => {
    await using server = await spawnServer({
      env: { CHUNKED_UPLOAD_EXPIRATION: "1s", SWEEP_INTERVAL: "off" },
    });
    const { uploads } = trpcClient(server.url, await server.token());
    const ids: string[] = [];
    for (const filename of ["a", "b"]) {
      ids.push((await uploads.init.mutate({ filename, size: 5 })).id);
    }
    const statusOf = async (id: string) => (await uploads.status.query({ id })).status;
    for (const id of ids) await expect.poll(() => statusOf(id), { timeout: 5_000 }).toBe("expired");

    const tried = await server.cli(["sweep", "--dry-run", "--json"]);
    expect(JSON.parse(tried.stdout)).toMatchObject({ records: 2 });
    // Standard input stays open. The command must exit nevertheless.
    const answers = { typed: "n\ny\n" };
    const refused = await server.cli(["sweep", "--interactive", "--json"], answers);
    expect(JSON.parse(refused.stdout)).toMatchObject({ records: 1 });
    expect(refused.stderr.match(/Remove [ab] /g)).toHaveLength(2);
    const swept = await server.cli(["sweep"]);
    expect(swept.stdout).toContain("1 record.");
    expect((await uploads.list.query({})).items).toEqual([]);
  });

  it("has nothing to migrate", async () => {
    await using server = await spawnServer();
    expect((await server.cli(["migrate"])).stdout).toContain("The server is running");
  });
});
