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

    CONSTRAINT "UploadDay_pkey" PRIMARY KEY ("day","slot")
);

-- CreateTable
CREATE TABLE "UploadUsage" (
    "ownerId" TEXT NOT NULL,
    "slot" INTEGER NOT NULL,
    "bytes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "UploadUsage_pkey" PRIMARY KEY ("ownerId","slot")
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

-- Written by hand from here on: what Prisma's models cannot say.

-- No index holds a column that every chunk changes, so that these updates stay heap-only.
CREATE INDEX "ChunkedUpload_tus" ON "ChunkedUpload"("id") WHERE "state" = 'uploading' AND "origin" = 'tus';
CREATE INDEX "ChunkedUpload_deferred" ON "ChunkedUpload"("ownerId") WHERE "size" IS NULL;

-- Counters: adds (1) or takes away (-1) what an upload counts for.
CREATE FUNCTION "countUpload"(u "ChunkedUpload", sign BIGINT) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
  own_slot CONSTANT INTEGER := pg_backend_pid() % 16;
  shown CONSTANT BOOLEAN := u."state" <> 'deleting' AND COALESCE(u."concat", '') <> 'partial';
  is_complete CONSTANT BOOLEAN := u."state" = 'complete';
BEGIN
  IF shown THEN
    INSERT INTO "UploadDay" AS d ("day", "slot", "created", "complete", "swept", "completeBytes", "pending", "failed")
    VALUES (to_char(u."createdAt", 'YYYY-MM-DD'), own_slot, sign, sign * is_complete::INTEGER, sign * (u."state" = 'swept')::INTEGER,
      CASE WHEN is_complete THEN sign * COALESCE(u."size", 0) ELSE 0 END,
      sign * (is_complete AND COALESCE(u."completion", '') = 'pending')::INTEGER,
      sign * (is_complete AND COALESCE(u."completion", '') = 'failed')::INTEGER)
    ON CONFLICT ("day", "slot") DO UPDATE SET "created" = d."created" + excluded."created",
      "complete" = d."complete" + excluded."complete", "swept" = d."swept" + excluded."swept",
      "completeBytes" = d."completeBytes" + excluded."completeBytes",
      "pending" = d."pending" + excluded."pending", "failed" = d."failed" + excluded."failed";
  END IF;
  IF shown AND is_complete AND u."completedAt" IS NOT NULL THEN
    INSERT INTO "UploadDay" AS d ("day", "slot", "completed", "completedBytes")
    VALUES (to_char(u."completedAt", 'YYYY-MM-DD'), own_slot, sign, sign * COALESCE(u."size", 0))
    ON CONFLICT ("day", "slot") DO UPDATE SET "completed" = d."completed" + excluded."completed",
      "completedBytes" = d."completedBytes" + excluded."completedBytes";
  END IF;
  IF u."ownerId" IS NOT NULL AND u."size" > 0 AND u."state" IN ('uploading', 'complete') THEN
    INSERT INTO "UploadUsage" AS s ("ownerId", "slot", "bytes") VALUES (u."ownerId", own_slot, sign * u."size")
    ON CONFLICT ("ownerId", "slot") DO UPDATE SET "bytes" = s."bytes" + excluded."bytes";
  END IF;
END $$;
CREATE FUNCTION "countUploadChange"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM "countUpload"(OLD, -1); END IF;
  IF TG_OP <> 'DELETE' THEN PERFORM "countUpload"(NEW, 1); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "ChunkedUpload_count" AFTER INSERT OR DELETE OR UPDATE OF "ownerId", "state", "completion", "concat", "size", "completedAt"
  ON "ChunkedUpload" FOR EACH ROW EXECUTE FUNCTION "countUploadChange"();
CREATE FUNCTION "countNoUploads"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE "UploadDay", "UploadUsage";
  RETURN NULL;
END $$;
CREATE TRIGGER "ChunkedUpload_count_truncate" AFTER TRUNCATE ON "ChunkedUpload"
  FOR EACH STATEMENT EXECUTE FUNCTION "countNoUploads"();
INSERT INTO "UploadDay" ("day", "slot", "created", "complete", "swept", "completeBytes", "pending", "failed")
  SELECT to_char("createdAt", 'YYYY-MM-DD'), 0, COUNT(*), COUNT(*) FILTER (WHERE "state" = 'complete'),
    COUNT(*) FILTER (WHERE "state" = 'swept'), COALESCE(SUM("size") FILTER (WHERE "state" = 'complete'), 0),
    COUNT(*) FILTER (WHERE "state" = 'complete' AND "completion" = 'pending'),
    COUNT(*) FILTER (WHERE "state" = 'complete' AND "completion" = 'failed')
  FROM "ChunkedUpload" WHERE "state" <> 'deleting' AND COALESCE("concat", '') <> 'partial' GROUP BY 1;
INSERT INTO "UploadDay" ("day", "slot", "completed", "completedBytes")
  SELECT to_char("completedAt", 'YYYY-MM-DD'), 0, COUNT(*), SUM(COALESCE("size", 0)) FROM "ChunkedUpload"
  WHERE "state" = 'complete' AND "completedAt" IS NOT NULL AND COALESCE("concat", '') <> 'partial' GROUP BY 1
  ON CONFLICT ("day", "slot") DO UPDATE SET "completed" = excluded."completed", "completedBytes" = excluded."completedBytes";
INSERT INTO "UploadUsage" ("ownerId", "slot", "bytes")
  SELECT "ownerId", 0, SUM("size") FROM "ChunkedUpload"
  WHERE "ownerId" IS NOT NULL AND "size" > 0 AND "state" IN ('uploading', 'complete') GROUP BY 1;

-- Search. Where the extension may not be created, the server searches without an index.
UPDATE "ChunkedUpload" SET "searchText" = "filenameFolded" WHERE "searchText" = '';
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX "ChunkedUpload_searchText_trigram" ON "ChunkedUpload" USING gin ("searchText" gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'pg_trgm is not available: %', SQLERRM;
END $$;

-- What the query planner knows of the tables.
ANALYZE "ChunkedUpload";
