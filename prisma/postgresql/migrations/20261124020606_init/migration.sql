-- CreateTable
CREATE TABLE "ChunkedUpload" (
    "id" TEXT NOT NULL,
    "ownerId" TEXT,
    "origin" TEXT NOT NULL,
    "profile" TEXT NOT NULL,
    "filename" TEXT NOT NULL,
    "filenameFolded" TEXT NOT NULL,
    "contentType" TEXT,
    "metadata" JSONB NOT NULL,
    "size" BIGINT,
    "maxBytes" BIGINT,
    "chunkSize" BIGINT NOT NULL,
    "offset" BIGINT NOT NULL,
    "beyond" JSONB NOT NULL,
    "heldBytes" BIGINT NOT NULL,
    "checksumAlgorithm" TEXT NOT NULL,
    "digestState" BYTEA,
    "digestOffset" BIGINT NOT NULL,
    "checksum" TEXT,
    "storageKey" TEXT NOT NULL,
    "storeState" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "finished" BOOLEAN NOT NULL,
    "completion" TEXT,
    "completionError" TEXT,
    "result" TEXT,
    "version" INTEGER NOT NULL,
    "lastEpoch" BIGINT NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "completedAt" TIMESTAMP(3),

    CONSTRAINT "ChunkedUpload_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "UploadClaim" (
    "uploadId" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "start" BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    "until" TIMESTAMP(3) NOT NULL,
    "released" BOOLEAN NOT NULL DEFAULT false,
    "voided" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "UploadClaim_pkey" PRIMARY KEY ("uploadId","epoch")
);

-- CreateTable
CREATE TABLE "OutboxEntry" (
    "id" TEXT NOT NULL,
    "uploadId" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "dueAt" TIMESTAMP(3),
    "heldUntil" TIMESTAMP(3),

    CONSTRAINT "OutboxEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Lease" (
    "name" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "until" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Lease_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "role" TEXT NOT NULL,
    "passwordHash" TEXT,
    "disabled" BOOLEAN NOT NULL DEFAULT false,
    "tokenVersion" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "subject" TEXT NOT NULL,

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiToken" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMP(3),
    "lastUsedAt" TIMESTAMP(3),

    CONSTRAINT "ApiToken_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "ChunkedUpload_ownerId_createdAt_id_idx" ON "ChunkedUpload"("ownerId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "ChunkedUpload_createdAt_id_idx" ON "ChunkedUpload"("createdAt", "id");

-- CreateIndex
CREATE INDEX "ChunkedUpload_filenameFolded_id_idx" ON "ChunkedUpload"("filenameFolded", "id");

-- CreateIndex
CREATE INDEX "ChunkedUpload_size_id_idx" ON "ChunkedUpload"("size", "id");

-- CreateIndex
CREATE INDEX "ChunkedUpload_state_expiresAt_idx" ON "ChunkedUpload"("state", "expiresAt");

-- CreateIndex
CREATE INDEX "ChunkedUpload_state_finished_idx" ON "ChunkedUpload"("state", "finished");

-- CreateIndex
CREATE INDEX "ChunkedUpload_completedAt_idx" ON "ChunkedUpload"("completedAt");

-- CreateIndex
CREATE INDEX "UploadClaim_until_idx" ON "UploadClaim"("until");

-- CreateIndex
CREATE UNIQUE INDEX "OutboxEntry_uploadId_key" ON "OutboxEntry"("uploadId");

-- CreateIndex
CREATE INDEX "OutboxEntry_dueAt_idx" ON "OutboxEntry"("dueAt");

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE INDEX "User_role_disabled_idx" ON "User"("role", "disabled");

-- CreateIndex
CREATE INDEX "Account_userId_idx" ON "Account"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "Account_provider_subject_key" ON "Account"("provider", "subject");

-- CreateIndex
CREATE UNIQUE INDEX "ApiToken_hash_key" ON "ApiToken"("hash");

-- CreateIndex
CREATE INDEX "ApiToken_userId_createdAt_idx" ON "ApiToken"("userId", "createdAt");

-- AddForeignKey
ALTER TABLE "ChunkedUpload" ADD CONSTRAINT "ChunkedUpload_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "UploadClaim" ADD CONSTRAINT "UploadClaim_uploadId_fkey" FOREIGN KEY ("uploadId") REFERENCES "ChunkedUpload"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OutboxEntry" ADD CONSTRAINT "OutboxEntry_uploadId_fkey" FOREIGN KEY ("uploadId") REFERENCES "ChunkedUpload"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiToken" ADD CONSTRAINT "ApiToken_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
