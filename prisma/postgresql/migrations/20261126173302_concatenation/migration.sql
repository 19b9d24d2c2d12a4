-- AlterTable
ALTER TABLE "ChunkedUpload" ADD COLUMN     "concat" TEXT,
ADD COLUMN     "finalId" TEXT,
ADD COLUMN     "parts" TEXT,
ADD COLUMN     "uploadConcat" TEXT,
ADD COLUMN     "uploadMetadata" TEXT;
