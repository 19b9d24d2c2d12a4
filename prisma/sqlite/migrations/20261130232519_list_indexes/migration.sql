-- DropIndex
DROP INDEX "ChunkedUpload_state_expiresAt_idx";

-- DropIndex
DROP INDEX "ChunkedUpload_state_finished_idx";

-- DropIndex
DROP INDEX "ChunkedUpload_completedAt_idx";

-- CreateTable
CREATE TABLE "UploadDay" (
    "day" TEXT NOT NULL,
    "slot" INTEGER NOT NULL,
    "created" BIGINT NOT NULL DEFAULT 0,
    "complete" BIGINT NOT NULL DEFAULT 0,
    "swept" BIGINT NOT NULL DEFAULT 0,
    "completeBytes" BIGINT NOT NULL DEFAULT 0,
    "pending" BIGINT NOT NULL DEFAULT 0,
    "failed" BIGINT NOT NULL DEFAULT 0,
    "completed" BIGINT NOT NULL DEFAULT 0,
    "completedBytes" BIGINT NOT NULL DEFAULT 0,

    PRIMARY KEY ("day", "slot")
);

-- CreateTable
CREATE TABLE "UploadUsage" (
    "ownerId" TEXT NOT NULL,
    "slot" INTEGER NOT NULL,
    "bytes" BIGINT NOT NULL DEFAULT 0,

    PRIMARY KEY ("ownerId", "slot")
);

-- CreateIndex
CREATE INDEX "ChunkedUpload_ownerId_state_createdAt_id_concat_idx" ON "ChunkedUpload"("ownerId", "state", "createdAt", "id", "concat");

-- CreateIndex
CREATE INDEX "ChunkedUpload_profile_createdAt_id_idx" ON "ChunkedUpload"("profile", "createdAt", "id");

-- CreateIndex
CREATE INDEX "ChunkedUpload_state_createdAt_id_concat_idx" ON "ChunkedUpload"("state", "createdAt", "id", "concat");

-- CreateIndex
CREATE INDEX "ChunkedUpload_state_filenameFolded_id_idx" ON "ChunkedUpload"("state", "filenameFolded", "id");

-- CreateIndex
CREATE INDEX "ChunkedUpload_state_size_id_idx" ON "ChunkedUpload"("state", "size", "id");

-- CreateIndex
CREATE INDEX "ChunkedUpload_state_expiresAt_id_idx" ON "ChunkedUpload"("state", "expiresAt", "id");

-- CreateIndex
CREATE INDEX "ChunkedUpload_state_id_idx" ON "ChunkedUpload"("state", "id");

-- CreateIndex
CREATE INDEX "ChunkedUpload_state_finished_id_idx" ON "ChunkedUpload"("state", "finished", "id");

-- Written by hand from here on: what Prisma's models cannot say. A later migration that redefines the
-- table "ChunkedUpload" must create its triggers and partial indexes again.

-- What the unfinished uploads hold, without reading their rows; and two kinds of them that are looked
-- for again and again.
CREATE INDEX "ChunkedUpload_unfinished" ON "ChunkedUpload"("createdAt", "expiresAt", "concat", "heldBytes") WHERE "state" = 'uploading';
CREATE INDEX "ChunkedUpload_ripe" ON "ChunkedUpload"("id") WHERE "state" = 'uploading' AND "origin" = 'tus'
  AND ("concat" = 'final' OR ("concat" IS NULL AND "offset" = "size"));
CREATE INDEX "ChunkedUpload_deferred" ON "ChunkedUpload"("ownerId") WHERE "size" IS NULL;

-- Counters.
CREATE TRIGGER "ChunkedUpload_count_insert" AFTER INSERT ON "ChunkedUpload" BEGIN
    INSERT INTO "UploadDay" ("day", "slot", "created", "complete", "swept", "completeBytes", "pending", "failed")
      SELECT substr(NEW."createdAt", 1, 10), 0, 1, (NEW."state" = 'complete'), (NEW."state" = 'swept'),
        (IIF(NEW."state" = 'complete', COALESCE(NEW."size", 0), 0)),
        (NEW."state" = 'complete' AND NEW."completion" IS 'pending'), (NEW."state" = 'complete' AND NEW."completion" IS 'failed')
      WHERE NEW."state" <> 'deleting' AND COALESCE(NEW."concat", '') <> 'partial'
      ON CONFLICT DO UPDATE SET "created" = "created" + excluded."created", "complete" = "complete" + excluded."complete",
        "swept" = "swept" + excluded."swept", "completeBytes" = "completeBytes" + excluded."completeBytes",
        "pending" = "pending" + excluded."pending", "failed" = "failed" + excluded."failed";
    INSERT INTO "UploadDay" ("day", "slot", "completed", "completedBytes")
      SELECT substr(NEW."completedAt", 1, 10), 0, 1, (COALESCE(NEW."size", 0))
      WHERE NEW."state" = 'complete' AND NEW."completedAt" IS NOT NULL AND COALESCE(NEW."concat", '') <> 'partial'
      ON CONFLICT DO UPDATE SET "completed" = "completed" + excluded."completed",
        "completedBytes" = "completedBytes" + excluded."completedBytes";
    INSERT INTO "UploadUsage" ("ownerId", "slot", "bytes")
      SELECT NEW."ownerId", 0, (NEW."size")
      WHERE NEW."ownerId" IS NOT NULL AND NEW."size" > 0 AND NEW."state" IN ('uploading', 'complete')
      ON CONFLICT DO UPDATE SET "bytes" = "bytes" + excluded."bytes";
END;
CREATE TRIGGER "ChunkedUpload_count_delete" AFTER DELETE ON "ChunkedUpload" BEGIN
    INSERT INTO "UploadDay" ("day", "slot", "created", "complete", "swept", "completeBytes", "pending", "failed")
      SELECT substr(OLD."createdAt", 1, 10), 0, -1, -(OLD."state" = 'complete'), -(OLD."state" = 'swept'),
        -(IIF(OLD."state" = 'complete', COALESCE(OLD."size", 0), 0)),
        -(OLD."state" = 'complete' AND OLD."completion" IS 'pending'), -(OLD."state" = 'complete' AND OLD."completion" IS 'failed')
      WHERE OLD."state" <> 'deleting' AND COALESCE(OLD."concat", '') <> 'partial'
      ON CONFLICT DO UPDATE SET "created" = "created" + excluded."created", "complete" = "complete" + excluded."complete",
        "swept" = "swept" + excluded."swept", "completeBytes" = "completeBytes" + excluded."completeBytes",
        "pending" = "pending" + excluded."pending", "failed" = "failed" + excluded."failed";
    INSERT INTO "UploadDay" ("day", "slot", "completed", "completedBytes")
      SELECT substr(OLD."completedAt", 1, 10), 0, -1, -(COALESCE(OLD."size", 0))
      WHERE OLD."state" = 'complete' AND OLD."completedAt" IS NOT NULL AND COALESCE(OLD."concat", '') <> 'partial'
      ON CONFLICT DO UPDATE SET "completed" = "completed" + excluded."completed",
        "completedBytes" = "completedBytes" + excluded."completedBytes";
    INSERT INTO "UploadUsage" ("ownerId", "slot", "bytes")
      SELECT OLD."ownerId", 0, -(OLD."size")
      WHERE OLD."ownerId" IS NOT NULL AND OLD."size" > 0 AND OLD."state" IN ('uploading', 'complete')
      ON CONFLICT DO UPDATE SET "bytes" = "bytes" + excluded."bytes";
END;
CREATE TRIGGER "ChunkedUpload_count_update" AFTER UPDATE OF "ownerId", "state", "completion", "concat", "size", "completedAt" ON "ChunkedUpload" BEGIN
    INSERT INTO "UploadDay" ("day", "slot", "created", "complete", "swept", "completeBytes", "pending", "failed")
      SELECT substr(OLD."createdAt", 1, 10), 0, -1, -(OLD."state" = 'complete'), -(OLD."state" = 'swept'),
        -(IIF(OLD."state" = 'complete', COALESCE(OLD."size", 0), 0)),
        -(OLD."state" = 'complete' AND OLD."completion" IS 'pending'), -(OLD."state" = 'complete' AND OLD."completion" IS 'failed')
      WHERE OLD."state" <> 'deleting' AND COALESCE(OLD."concat", '') <> 'partial'
      ON CONFLICT DO UPDATE SET "created" = "created" + excluded."created", "complete" = "complete" + excluded."complete",
        "swept" = "swept" + excluded."swept", "completeBytes" = "completeBytes" + excluded."completeBytes",
        "pending" = "pending" + excluded."pending", "failed" = "failed" + excluded."failed";
    INSERT INTO "UploadDay" ("day", "slot", "completed", "completedBytes")
      SELECT substr(OLD."completedAt", 1, 10), 0, -1, -(COALESCE(OLD."size", 0))
      WHERE OLD."state" = 'complete' AND OLD."completedAt" IS NOT NULL AND COALESCE(OLD."concat", '') <> 'partial'
      ON CONFLICT DO UPDATE SET "completed" = "completed" + excluded."completed",
        "completedBytes" = "completedBytes" + excluded."completedBytes";
    INSERT INTO "UploadUsage" ("ownerId", "slot", "bytes")
      SELECT OLD."ownerId", 0, -(OLD."size")
      WHERE OLD."ownerId" IS NOT NULL AND OLD."size" > 0 AND OLD."state" IN ('uploading', 'complete')
      ON CONFLICT DO UPDATE SET "bytes" = "bytes" + excluded."bytes";
    INSERT INTO "UploadDay" ("day", "slot", "created", "complete", "swept", "completeBytes", "pending", "failed")
      SELECT substr(NEW."createdAt", 1, 10), 0, 1, (NEW."state" = 'complete'), (NEW."state" = 'swept'),
        (IIF(NEW."state" = 'complete', COALESCE(NEW."size", 0), 0)),
        (NEW."state" = 'complete' AND NEW."completion" IS 'pending'), (NEW."state" = 'complete' AND NEW."completion" IS 'failed')
      WHERE NEW."state" <> 'deleting' AND COALESCE(NEW."concat", '') <> 'partial'
      ON CONFLICT DO UPDATE SET "created" = "created" + excluded."created", "complete" = "complete" + excluded."complete",
        "swept" = "swept" + excluded."swept", "completeBytes" = "completeBytes" + excluded."completeBytes",
        "pending" = "pending" + excluded."pending", "failed" = "failed" + excluded."failed";
    INSERT INTO "UploadDay" ("day", "slot", "completed", "completedBytes")
      SELECT substr(NEW."completedAt", 1, 10), 0, 1, (COALESCE(NEW."size", 0))
      WHERE NEW."state" = 'complete' AND NEW."completedAt" IS NOT NULL AND COALESCE(NEW."concat", '') <> 'partial'
      ON CONFLICT DO UPDATE SET "completed" = "completed" + excluded."completed",
        "completedBytes" = "completedBytes" + excluded."completedBytes";
    INSERT INTO "UploadUsage" ("ownerId", "slot", "bytes")
      SELECT NEW."ownerId", 0, (NEW."size")
      WHERE NEW."ownerId" IS NOT NULL AND NEW."size" > 0 AND NEW."state" IN ('uploading', 'complete')
      ON CONFLICT DO UPDATE SET "bytes" = "bytes" + excluded."bytes";
END;
INSERT INTO "UploadDay" ("day", "slot", "created", "complete", "swept", "completeBytes", "pending", "failed")
  SELECT substr("createdAt", 1, 10), 0, COUNT(*), SUM("state" = 'complete'), SUM("state" = 'swept'),
    SUM(IIF("state" = 'complete', COALESCE("size", 0), 0)),
    SUM("state" = 'complete' AND "completion" IS 'pending'), SUM("state" = 'complete' AND "completion" IS 'failed')
  FROM "ChunkedUpload" WHERE "state" <> 'deleting' AND COALESCE("concat", '') <> 'partial' GROUP BY 1;
INSERT INTO "UploadDay" ("day", "slot", "completed", "completedBytes")
  SELECT substr("completedAt", 1, 10), 0, COUNT(*), SUM(COALESCE("size", 0)) FROM "ChunkedUpload"
  WHERE "state" = 'complete' AND "completedAt" IS NOT NULL AND COALESCE("concat", '') <> 'partial' GROUP BY 1
  ON CONFLICT DO UPDATE SET "completed" = excluded."completed", "completedBytes" = excluded."completedBytes";
INSERT INTO "UploadUsage" ("ownerId", "slot", "bytes")
  SELECT "ownerId", 0, SUM("size") FROM "ChunkedUpload"
  WHERE "ownerId" IS NOT NULL AND "size" > 0 AND "state" IN ('uploading', 'complete') GROUP BY 1;

-- Search. "UploadText" numbers the uploads for the index, because VACUUM may change the rowids of a
-- table without an INTEGER PRIMARY KEY.
UPDATE "ChunkedUpload" SET "searchText" = "filenameFolded" WHERE "searchText" = '';
CREATE TABLE "UploadText" ("row" INTEGER NOT NULL PRIMARY KEY, "uploadId" TEXT NOT NULL);
CREATE VIRTUAL TABLE "UploadTrigram" USING fts5("text", content = '', contentless_delete = 1, detail = none, tokenize = "trigram case_sensitive 1");
INSERT INTO "UploadText" ("uploadId") SELECT "id" FROM "ChunkedUpload" ORDER BY "createdAt", "id";
CREATE UNIQUE INDEX "UploadText_uploadId_key" ON "UploadText"("uploadId");
INSERT INTO "UploadTrigram" (rowid, "text")
  SELECT t."row", u."searchText" FROM "UploadText" AS t CROSS JOIN "ChunkedUpload" AS u ON u."id" = t."uploadId" ORDER BY t."row";
CREATE TRIGGER "ChunkedUpload_text_insert" AFTER INSERT ON "ChunkedUpload" BEGIN
  INSERT INTO "UploadText" ("uploadId") VALUES (NEW."id");
  INSERT INTO "UploadTrigram" (rowid, "text") SELECT "row", NEW."searchText" FROM "UploadText" WHERE "uploadId" = NEW."id";
END;
CREATE TRIGGER "ChunkedUpload_text_update" AFTER UPDATE OF "searchText" ON "ChunkedUpload" BEGIN
  DELETE FROM "UploadTrigram" WHERE rowid = (SELECT "row" FROM "UploadText" WHERE "uploadId" = NEW."id");
  INSERT INTO "UploadTrigram" (rowid, "text") SELECT "row", NEW."searchText" FROM "UploadText" WHERE "uploadId" = NEW."id";
END;
CREATE TRIGGER "ChunkedUpload_text_delete" AFTER DELETE ON "ChunkedUpload" BEGIN
  DELETE FROM "UploadTrigram" WHERE rowid = (SELECT "row" FROM "UploadText" WHERE "uploadId" = OLD."id");
  DELETE FROM "UploadText" WHERE "uploadId" = OLD."id";
END;

-- What the query planner knows of the tables.
ANALYZE;
