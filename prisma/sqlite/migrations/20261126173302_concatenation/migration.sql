-- AlterTable
ALTER TABLE "ChunkedUpload" ADD COLUMN "concat" TEXT;
ALTER TABLE "ChunkedUpload" ADD COLUMN "finalId" TEXT;
ALTER TABLE "ChunkedUpload" ADD COLUMN "parts" TEXT;
ALTER TABLE "ChunkedUpload" ADD COLUMN "uploadConcat" TEXT;
ALTER TABLE "ChunkedUpload" ADD COLUMN "uploadMetadata" TEXT;
