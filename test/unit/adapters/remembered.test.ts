import { describe, expect, it } from "vitest";
import { Remembered } from "../../../src/adapters/memory/remembered.ts";
import { rememberRecords } from "../../../src/adapters/memory/remembering-database.ts";
import { sqliteDatabase } from "../../support/temp-database.ts";
import { uploadRecord } from "../../support/upload-record.ts";

describe("Remembered", () => {
  it("reads once, and again after it was cleared", async () => {
    const kept = new Remembered<string>(10);
    let reads = 0;
    const read = async () => `read ${++reads}`;
    expect(await kept.getOr("a", read)).toBe("read 1");
    expect(await kept.getOr("a", read)).toBe("read 1");
    kept.forget("a");
    expect(await kept.getOr("a", read)).toBe("read 2");
  });

  it("keeps nothing that was read while something was being written", async () => {
    const kept = new Remembered<string>(10);
    let endWrite = () => {};
    const writing = kept.writing(() => new Promise<void>((resolve) => (endWrite = resolve)));
    const before = await kept.getOr("a", async () => "old");
    expect(before).toBe("old");
    const during = kept.getOr("b", async () => {
      endWrite();
      await writing;
      return "old";
    });
    expect(await during).toBe("old");
    expect(kept.get("a")).toBeUndefined();
    expect(kept.get("b")).toBeUndefined();
    await kept.getOr("b", async () => "new");
    expect(kept.get("b")).toBe("new");
  });

  it("lets the longest unused go first", async () => {
    const kept = new Remembered<number>(2);
    kept.keep("a", 1);
    kept.keep("b", 2);
    kept.get("a");
    kept.keep("c", 3);
    expect([kept.get("a"), kept.get("b"), kept.get("c")]).toEqual([1, undefined, 3]);
  });

  it("remembers no absence", async () => {
    const kept = new Remembered<string>(2);
    expect(await kept.getOr("a", async () => null)).toBeNull();
    expect(await kept.getOr("a", async () => "there now")).toBe("there now");
  });
});

describe("remembered records", () => {
  it("look again when a change fails because other hands were faster", async () => {
    await using plain = await sqliteDatabase();
    const { database } = rememberRecords(plain);
    const upload = uploadRecord();
    await database.uploads.insert(upload);
    const seen = await database.uploads.find(upload.id);
    if (seen === null) throw new Error("the record is not there");
    await plain.uploads.update(seen, { offset: 5 });
    expect(await database.uploads.update(seen, { offset: 7 })).toBeNull();
    expect((await database.uploads.find(upload.id))?.offset).toBe(5);
  });

  it("look again after a change of which nobody knows whether it was made", async () => {
    await using plain = await sqliteDatabase();
    const lost = async (work: Promise<unknown>) => {
      await work;
      throw new Error("the answer was lost");
    };
    const uploads = {
      ...plain.uploads,
      update: (...ask: Parameters<typeof plain.uploads.update>) =>
        lost(plain.uploads.update(...ask)) as never,
      remove: (id: string) => lost(plain.uploads.remove(id)) as never,
    };
    const { database } = rememberRecords({ ...plain, uploads });
    const upload = uploadRecord();
    await database.uploads.insert(upload);
    const seen = await database.uploads.find(upload.id);
    if (seen === null) throw new Error("the record is not there");
    await expect(database.uploads.update(seen, { offset: 5 })).rejects.toThrow("lost");
    expect((await database.uploads.find(upload.id))?.offset).toBe(5);
    await expect(database.uploads.remove(upload.id)).rejects.toThrow("lost");
    expect(await database.uploads.find(upload.id)).toBeNull();
  });
});

describe("remembered accounts", () => {
  it("cost no query once a session is known, and never serve one that has ended", async () => {
    await using plain = await sqliteDatabase();
    let queries = 0;
    const sessions = {
      ...plain.sessions,
      find: (id: string) => {
        queries += 1;
        return plain.sessions.find(id);
      },
    };
    const { database } = rememberRecords({ ...plain, sessions });
    const fields = {
      email: "a@example.org",
      name: null,
      role: "user",
      passwordHash: null,
    } as const;
    const { id: userId } = await database.users.create(fields);
    const { id } = await database.sessions.create({ userId, expiresAt: new Date() });
    for (let n = 0; n < 5; n += 1) await database.sessions.find(id);
    expect(queries).toBe(1);
    await database.sessions.end(id, new Date());
    expect((await database.sessions.find(id))?.session.endedAt).not.toBeNull();
    expect(queries).toBe(2);
  });
});
