import { describe, expect, it } from "vitest";
import type { Opened } from "../../src/core/ports/openings.ts";
import { onPostgres } from "../support/on-postgres.ts";
import type { MakeDatabase, TempDatabase } from "../support/temp-database.ts";
import { uploadRecord } from "../support/upload-record.ts";

const HASH = "a".repeat(64);
const LEASE_MS = 60_000;
const range = { start: 0, end: 100 };
const future = () => new Date(Date.now() + 3_600_000);

/** A database with a user, the user's token and session, and an upload of 1000 bytes. */
async function scene(makeDatabase: MakeDatabase) {
  const database = await makeDatabase();
  const user = await database.users.create({
    ...{ email: "ann@example.com", name: null, role: "user", passwordHash: null },
  });
  const ask = { userId: user.id, name: "t", prefix: "up_1234567", hash: HASH, expiresAt: null };
  const token = await database.tokens.create(ask);
  const session = await database.sessions.create({ userId: user.id, expiresAt: future() });
  const upload = uploadRecord({ ownerId: user.id, size: 1_000, expiresAt: future() });
  await database.uploads.insert(upload);
  return { database, user, token, session, upload };
}

function openings({ openings: found }: TempDatabase) {
  if (found === null) throw new Error("This database has no openings.");
  return found;
}

const claimOf = (opened: Opened | undefined) => opened?.claim ?? null;

function openingsContract(makeDatabase: MakeDatabase): void {
  describe("openings", () => {
    it("return the token, its user and the record after the claim", async () => {
      const { database, user, token, upload } = await scene(makeDatabase);
      const ask = { uploadId: upload.id, claim: { range, leaseMs: LEASE_MS } };
      const found = await openings(database).byToken(HASH, ask);
      expect(found).toMatchObject((await database.tokens.findByHash(HASH)) ?? {});
      expect(found?.opened.claim).toMatchObject({ isAlone: true, claim: { range } });
      expect(found?.opened.upload).toEqual(await database.uploads.find(upload.id));
      expect([found?.token.id, found?.user.id]).toEqual([token.id, user.id]);
      expect(await database.claims.anyAlive(upload.id)).toBe(true);
    });

    it("return the session as `find` does", async () => {
      const { database, session, user, upload } = await scene(makeDatabase);
      const { tokenVersion } = user;
      const ask = { uploadId: upload.id, claim: { range, leaseMs: LEASE_MS } };
      const found = await openings(database).bySession({ id: session.id, tokenVersion }, ask);
      expect(found).toMatchObject((await database.sessions.find(session.id)) ?? {});
      expect(claimOf(found?.opened)).not.toBeNull();
    });

    it("only read where no claim is requested", async () => {
      const { database, upload } = await scene(makeDatabase);
      const found = await openings(database).byToken(HASH, { uploadId: upload.id, claim: null });
      expect(found?.opened).toEqual({
        upload: await database.uploads.find(upload.id),
        claim: null,
      });
      expect(found?.opened.upload?.version).toBe(upload.version);
    });

    it("find nothing for an unknown credential, and no record for an unknown id", async () => {
      const { database, upload } = await scene(makeDatabase);
      const claim = { range, leaseMs: LEASE_MS };
      const { byToken, bySession } = openings(database);
      expect(await byToken("b".repeat(64), { uploadId: upload.id, claim })).toBeNull();
      expect(
        await bySession({ id: "x", tokenVersion: 0 }, { uploadId: upload.id, claim }),
      ).toBeNull();
      const found = await byToken(HASH, { uploadId: crypto.randomUUID(), claim });
      expect(found?.opened).toEqual({ upload: null, claim: null });
      expect(await database.claims.anyAlive(upload.id)).toBe(false);
    });

    it("claim nothing that another claim holds, and a range beside it", async () => {
      const { database, upload } = await scene(makeDatabase);
      const first = await database.claims.take(upload.id, range, LEASE_MS);
      const open = (start: number, end: number) =>
        openings(database).byToken(HASH, {
          ...{ uploadId: upload.id, claim: { range: { start, end }, leaseMs: LEASE_MS } },
        });
      expect(claimOf((await open(50, 150))?.opened)).toBeNull();
      expect(claimOf((await open(100, 150))?.opened)).not.toBeNull();
      await database.claims.release(first);
      expect(claimOf((await open(0, 100))?.opened)).not.toBeNull();
    });

    it("claim nothing by a credential that is not valid", async () => {
      const { database, user, session, upload } = await scene(makeDatabase);
      const ask = { uploadId: upload.id, claim: { range, leaseMs: LEASE_MS } };
      const { byToken, bySession } = openings(database);
      const other = { id: session.id, tokenVersion: user.tokenVersion + 1 };
      expect(claimOf((await bySession(other, ask))?.opened)).toBeNull();
      await database.sessions.end(session.id, new Date());
      const ended = { id: session.id, tokenVersion: user.tokenVersion };
      expect(claimOf((await bySession(ended, ask))?.opened)).toBeNull();
      await database.users.update(user.id, { disabled: true });
      expect(claimOf((await byToken(HASH, ask))?.opened)).toBeNull();
      expect(await database.claims.anyAlive(upload.id)).toBe(false);
    });

    it("claim nothing of an upload that takes no bytes there, or is another user's", async () => {
      const { database, user, upload } = await scene(makeDatabase);
      const others = [
        { ownerId: null },
        { state: "complete" as const },
        { expiresAt: new Date(Date.now() - 1_000) },
        { offset: 50 },
        { size: 99 },
        { concat: "final" as const },
        { origin: "direct" as const },
      ];
      for (const other of others) {
        const base = { ...upload, id: crypto.randomUUID(), storageKey: crypto.randomUUID() };
        const refused = { ...base, ownerId: user.id, ...other };
        await database.uploads.insert(refused);
        const ask = { uploadId: refused.id, claim: { range, leaseMs: LEASE_MS } };
        const found = await openings(database).byToken(HASH, ask);
        expect([other, claimOf(found?.opened)]).toEqual([other, null]);
        expect(found?.opened.upload?.id).toBe(refused.id);
      }
    });

    it("claim a range for one of several that open it at once, or tell them of each other", async () => {
      const { database, upload } = await scene(makeDatabase);
      const ask = { uploadId: upload.id, claim: { range, leaseMs: LEASE_MS } };
      const opened = await Promise.all(
        Array.from({ length: 8 }, () => openings(database).byToken(HASH, ask)),
      );
      const claims = opened.flatMap((found) => claimOf(found?.opened) ?? []);
      expect(claims.filter(({ isAlone }) => isAlone)).toHaveLength(1);
      const epochs = claims.map(({ claim }) => claim.epoch);
      expect(new Set(epochs).size).toBe(epochs.length);
    });
  });
}

await onPostgres(openingsContract);
