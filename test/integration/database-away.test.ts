import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { migrate } from "../../src/adapters/prisma/migrate.ts";
import { openDatabase } from "../../src/adapters/prisma/open-database.ts";
import { isUploadError } from "../../src/core/errors.ts";
import { freshPostgres, postgresUrl } from "../support/postgres.ts";
import { openSqliteFile } from "../support/sqlite-file.ts";
import { prismaDirectory, silentLog, sqliteDatabase } from "../support/temp-database.ts";
import { uploadRecord } from "../support/upload-record.ts";

const admin = await postgresUrl();

const codeOf = async (promise: Promise<unknown>) => {
  const error = await promise.catch((thrown: unknown) => thrown);
  return isUploadError(error) ? error.code : error;
};

/** A line to a server that a test can cut and mend. */
async function cuttableLine(target: URL) {
  const sockets = new Set<Socket>();
  let cut = false;
  const server = createServer((near) => {
    if (cut) return void near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  const drop = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    url: url.href,
    cut() {
      cut = true;
      drop();
    },
    mend() {
      cut = false;
    },
    async [Symbol.asyncDispose]() {
      drop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("a database that is away", () => {
  if (admin === null) it("needs a PostgreSQL, and none could be started here", () => {});
  else {
    it("is UNAVAILABLE to every port, and works again once it is back", async () => {
      await using fresh = await freshPostgres(admin);
      await using line = await cuttableLine(new URL(fresh.url));
      await migrate({ url: fresh.url, directory: prismaDirectory, log: silentLog });
      const database = await openDatabase({ url: line.url, log: silentLog });
      const upload = uploadRecord();
      await database.uploads.insert(upload);
      line.cut();
      const calls = [
        () => database.uploads.find(upload.id),
        () => database.uploads.update(upload, { offset: 1 }),
        () => database.uploads.updateWithOutbox(upload, { offset: 1 }, new Date()),
        () => database.uploads.insert(uploadRecord()),
        () => database.claims.take(upload.id, { start: 0, end: 1 }, 1_000),
        () => database.claims.voidAll(upload.id),
        () => database.outbox.due(new Date(), 1),
        () => database.leases.release("a", "b"),
        () => database.users.create({ email: "a", name: null, role: "user", passwordHash: null }),
        () => database.tokens.findByHash("x"),
      ];
      for (const call of calls) expect(await codeOf(call())).toBe("UNAVAILABLE");
      line.mend();
      expect(await database.uploads.find(upload.id)).toEqual(upload);
      await database.close();
    });

    it("refuses what it cannot store as INVALID_INPUT", async () => {
      await using fresh = await freshPostgres(admin);
      await migrate({ url: fresh.url, directory: prismaDirectory, log: silentLog });
      const database = await openDatabase({ url: fresh.url, log: silentLog });
      const refused = database.uploads.insert(uploadRecord({ filename: "a\u0000b" }));
      expect(await codeOf(refused)).toBe("INVALID_INPUT");
      await database.close();
    });
  }

  it("refuses a text with U+0000 as INVALID_INPUT on SQLite too", async () => {
    await using database = await sqliteDatabase();
    const refused = database.uploads.insert(uploadRecord({ filename: "a\u0000b" }));
    expect(await codeOf(refused)).toBe("INVALID_INPUT");
    const metadata = { note: "a\u0000b" };
    await database.uploads.insert(uploadRecord({ metadata }));
    expect(await database.uploads.find(uploadRecord().id)).toMatchObject({ metadata });
  });

  it("is UNAVAILABLE while another process holds the SQLite file, and works again afterwards", {
    timeout: 30_000,
  }, async () => {
    await using database = await sqliteDatabase();
    const upload = uploadRecord();
    await database.uploads.insert(upload);
    const other = openSqliteFile(database.url.slice("file:".length));
    other.exec("BEGIN IMMEDIATE");
    expect(await codeOf(database.uploads.update(upload, { offset: 1 }))).toBe("UNAVAILABLE");
    expect(await database.uploads.find(upload.id)).toEqual(upload);
    other.close();
    expect(await database.uploads.update(upload, { offset: 1 })).toMatchObject({ offset: 1 });
  });
});
