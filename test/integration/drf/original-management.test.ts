import { readdir } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { IDENTITY_FILE } from "../../../src/adapters/filesystem/store-identity.ts";
import { DrfClient, said } from "../../support/drf-client.ts";
import { randomFile } from "../../support/random-file.ts";
import { type SpawnedServer, spawnServer } from "../../support/spawn-server.ts";

const patience = { timeout: 10_000 };

/** Uploads expire immediately, and only the command sweeps them. */
const spawn = () =>
  spawnServer({ env: { CHUNKED_UPLOAD_EXPIRATION: "1s", SWEEP_INTERVAL: "off" } });

/** Three unfinished uploads and a complete one with their files, like the fixture `user1_uploads`. */
async function userUploads(drf: DrfClient): Promise<{ uploading: string[]; complete: string }> {
  const uploading: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    const bytes = randomFile(100, index).slice(0, 100);
    uploading.push(said(await drf.put({ bytes, total: 200 })).id);
  }
  const file = randomFile(100);
  const fields = { filename: "fakefile", md5: file.digest() };
  const complete = said(await drf.whole({ bytes: file.slice(0, 100), fields })).id;
  return { uploading, complete };
}

/** The names of all files of uploads. */
async function filesOf(server: SpawnedServer): Promise<string[]> {
  const names = await readdir(path.join(server.dataDir, "media"), {
    recursive: true,
    withFileTypes: true,
  });
  return names
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .filter((name) => name !== IDENTITY_FILE)
    .sort();
}

async function statusesOf(drf: DrfClient, ids: readonly string[]): Promise<number[]> {
  const answers = await Promise.all(ids.map((id) => drf.ask("GET", drf.urlOf(id))));
  return answers.map(({ status }) => status);
}

async function allExpired(drf: DrfClient, ids: readonly string[]): Promise<void> {
  const complete = async (id: string) =>
    (await drf.complete(drf.urlOf(id), { md5: "0".repeat(32) })).status;
  for (const id of ids) await expect.poll(() => complete(id), patience).toBe(410);
}

describe("tests/test_management.py of the original, by the command line", () => {
  it("test_delete_expired_uploads", async () => {
    await using server = await spawn();
    const drf = DrfClient.by(server.url, await server.token());
    const { uploading, complete } = await userUploads(drf);
    await allExpired(drf, uploading);
    const expected = [...uploading.map((id) => `${id}.part`), `${complete}.done`];
    expect(await filesOf(server)).toEqual(expected.sort());

    expect((await server.cli(["sweep"])).code).toBe(0);

    expect(await filesOf(server)).toEqual([`${complete}.done`]);
    expect(await statusesOf(drf, uploading)).toEqual([404, 404, 404]);
    expect(await statusesOf(drf, [complete])).toEqual([200]);
  });

  it("test_delete_expired_uploads_two_stage", async () => {
    await using server = await spawn();
    const drf = DrfClient.by(server.url, await server.token());
    const { uploading, complete } = await userUploads(drf);
    await allExpired(drf, uploading);

    expect((await server.cli(["sweep", "-k"])).code).toBe(0);
    expect(await filesOf(server)).toEqual([`${complete}.done`]);
    expect(await statusesOf(drf, [...uploading, complete])).toEqual([200, 200, 200, 200]);

    const second = await server.cli(["sweep", "--json"]);
    expect(JSON.parse(second.stdout)).toMatchObject({ files: 0, records: 3, bytes: 0 });
    expect(await statusesOf(drf, uploading)).toEqual([404, 404, 404]);
    expect(await statusesOf(drf, [complete])).toEqual([200]);
  });
});
