import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createFilesystemStore } from "../../../src/adapters/filesystem/filesystem-store.ts";
import { ContractRecord, put, readAll, recordFor } from "../../contract/chunk-store.fixture.ts";

async function directory() {
  const path = await mkdtemp(join(tmpdir(), "store-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const usual = { pathTemplate: "u/%Y/%m/%d", incompleteExt: ".part", completeExt: ".done" };
const dated = "u/2026/03/04";

function storeIn(path: string, changes: Partial<typeof usual> = {}) {
  return createFilesystemStore({ root: join(path, "data", "media"), ...usual, ...changes });
}

describe("the filesystem store", () => {
  it("keeps files and directories from other users' eyes", async () => {
    await using dir = await directory();
    const store = storeIn(dir.path);
    const upload = recordFor(store);
    await put(store, upload, { position: 0, bytes: Buffer.from("mine") });
    const file = join(dir.path, "data/media", `${upload.storageKey}.part`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    for (let path = dirname(file); path !== dir.path; path = dirname(path)) {
      expect((await stat(path)).mode & 0o777).toBe(0o700);
    }
  });

  it("renames at the end, and clears empty dated directories away, never the root", async () => {
    await using dir = await directory();
    const store = storeIn(dir.path);
    const upload = recordFor(store, { size: 4 });
    await put(store, upload, { position: 0, bytes: Buffer.from("data") });
    const root = join(dir.path, "data/media");
    await store.finish({ ...upload, offset: 4 });
    expect(await readdir(join(root, dated))).toEqual([`${upload.id}.done`]);
    await store.remove({ ...upload, offset: 4, finished: true });
    expect(await readdir(root)).toEqual([]);
  });

  it("leaves a directory that holds anything else", async () => {
    await using dir = await directory();
    const store = storeIn(dir.path);
    const upload = recordFor(store);
    await put(store, upload, { position: 0, bytes: Buffer.from("data") });
    const foreign = join(dir.path, "data/media", dated, "README");
    await writeFile(foreign, "an operator's note");
    await store.remove(upload);
    expect(await readFile(foreign, "utf8")).toBe("an operator's note");
    const found = [];
    for await (const object of store.objects()) found.push(object);
    expect(found).toEqual([]);
  });

  it("finishes under one name where the extensions are equal", async () => {
    await using dir = await directory();
    const store = storeIn(dir.path, { incompleteExt: ".bin", completeExt: ".bin" });
    const upload = recordFor(store, { size: 3 });
    await put(store, upload, { position: 0, bytes: Buffer.from("abc and more") });
    const complete = { ...upload, offset: 3, state: "complete" } as const;
    await store.finish(complete);
    await store.finish(complete);
    const file = join(dir.path, "data/media", `${upload.storageKey}.bin`);
    expect(await readFile(file, "utf8")).toBe("abc");
    await store.remove(complete);
    expect(await store.length(complete)).toBe(0);
  });

  it("never puts a file in another finished one's place", async () => {
    await using dir = await directory();
    const store = storeIn(dir.path);
    const upload = recordFor(store, { size: 4 });
    await put(store, upload, { position: 0, bytes: Buffer.from("new!") });
    const done = join(dir.path, "data/media", `${upload.storageKey}.done`);
    await writeFile(done, "old!");
    await expect(store.finish({ ...upload, offset: 4 })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    expect(await readFile(done, "utf8")).toBe("old!");
    // What the record speaks of is the unfinished one.
    const held = { ...upload, offset: 4 };
    expect((await readAll(store, held, { start: 0, end: 4 })).toString()).toBe("new!");
  });

  it("follows no link that lies in a file's place", async () => {
    await using dir = await directory();
    const store = storeIn(dir.path);
    const upload = recordFor(store, { size: 6 });
    const secret = join(dir.path, "secret");
    await writeFile(secret, "secret");
    await mkdir(join(dir.path, "data/media", dated), { recursive: true });
    const part = join(dir.path, "data/media", `${upload.storageKey}.part`);
    await symlink(secret, part);
    const refusal = { code: "UNAVAILABLE" };
    const held = { ...upload, offset: 6 };
    await expect(new ContractRecord(store, upload).open()).rejects.toMatchObject(refusal);
    await expect(new ContractRecord(store, held).open()).rejects.toMatchObject(refusal);
    await expect(readAll(store, held, { start: 0, end: 6 })).rejects.toMatchObject(refusal);
    await expect(store.finish(held)).rejects.toMatchObject(refusal);
    for await (const object of store.objects()) expect(object).toBeNull();
    await store.remove(upload);
    expect(await readFile(secret, "utf8")).toBe("secret");
  });

  it("writes and reads beyond four gigabytes", async () => {
    await using dir = await directory();
    const store = storeIn(dir.path);
    const upload = recordFor(store);
    const position = 5 * 2 ** 30 + 3;
    const bytes = randomBytes(70_000);
    await put(store, upload, { position, bytes });
    const range = { start: position, end: position + bytes.length };
    const held = { ...upload, beyond: [range] };
    expect((await readAll(store, held, range)).equals(bytes)).toBe(true);
  });

  it("finds uploads created with other settings", async () => {
    await using dir = await directory();
    const before = storeIn(dir.path);
    const upload = recordFor(before, { size: 3 });
    await put(before, upload, { position: 0, bytes: Buffer.from("old") });
    const after = storeIn(dir.path, { pathTemplate: "v", incompleteExt: ".tmp", completeExt: "" });
    const held = { ...upload, offset: 3 };
    expect(await after.length(held)).toBe(3);
    await after.finish(held);
    const done = join(dir.path, "data/media", `${upload.storageKey}.done`);
    expect(await readFile(done, "utf8")).toBe("old");
  });

  it("survives a root that was cleared away behind its back", async () => {
    await using dir = await directory();
    const store = storeIn(dir.path);
    await put(store, recordFor(store), { position: 0, bytes: Buffer.from("one") });
    await rm(join(dir.path, "data"), { recursive: true });
    const found = [];
    for await (const object of store.objects()) found.push(object);
    expect(found).toEqual([]);
    await store.probe();
    const upload = recordFor(store);
    await put(store, upload, { position: 0, bytes: Buffer.from("two") });
    expect(await store.length(upload)).toBe(3);
  });

  it("refuses keys that lead out of the root", async () => {
    await using dir = await directory();
    const store = storeIn(dir.path);
    const outside = join(dir.path, "outside");
    await writeFile(outside, "stays");
    await expect(store.removeObject("../../outside")).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    expect(await readFile(outside, "utf8")).toBe("stays");
  });

  it("says when it cannot be written", async () => {
    await using dir = await directory();
    await writeFile(join(dir.path, "data"), "a file where a directory should be");
    const store = storeIn(dir.path);
    const refusal = { code: "UNAVAILABLE" };
    await expect(store.probe()).rejects.toMatchObject(refusal);
    await expect(new ContractRecord(store, recordFor(store)).open()).rejects.toMatchObject(refusal);
  });

  it("leaves no file open", async () => {
    await using dir = await directory();
    const store = storeIn(dir.path);
    const upload = recordFor(store, { size: 600_000 });
    await put(store, upload, { position: 0, bytes: randomBytes(600_000) });
    const held = { ...upload, offset: 600_000 };
    const descriptors = async () => (await readdir("/dev/fd")).length;
    const before = await descriptors();
    for (let round = 0; round < 5; round++) {
      for await (const piece of store.read(held, { start: 0, end: 600_000 })) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      await expect(readAll(store, held, { start: 0, end: 600_001 })).rejects.toThrow();
      await put(store, held, { position: 0, bytes: Buffer.from("x") });
      await store.probe();
    }
    await store.finish(held);
    expect(await descriptors()).toBe(before);
  });
});
