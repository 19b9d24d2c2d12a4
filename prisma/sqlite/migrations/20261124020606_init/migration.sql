-- CreateTable
CREATE TABLE "ChunkedUpload" (
    "id" TEXT NOT NULL PRIMARY KEY,
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
    "digestState" BLOB,
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
    "createdAt" DATETIME NOT NULL,
    "updatedAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "completedAt" DATETIME,
    CONSTRAINT "ChunkedUpload_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "UploadClaim" (
    "uploadId" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "start" BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    "until" DATETIME NOT NULL,
    "released" BOOLEAN NOT NULL DEFAULT false,
    "voided" BOOLEAN NOT NULL DEFAULT false,

    PRIMARY KEY ("uploadId", "epoch"),
    CONSTRAINT "UploadClaim_uploadId_fkey" FOREIGN KEY ("uploadId") REFERENCES "ChunkedUpload" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "OutboxEntry" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "uploadId" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "dueAt" DATETIME,
    "heldUntil" DATETIME,
    CONSTRAINT "OutboxEntry_uploadId_fkey" FOREIGN KEY ("uploadId") REFERENCES "ChunkedUpload" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Lease" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "holder" TEXT NOT NULL,
    "until" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "User" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "role" TEXT NOT NULL,
    "passwordHash" TEXT,
    "disabled" BOOLEAN NOT NULL DEFAULT false,
    "tokenVersion" INTEGER NOT NULL DEFAULT 0,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "Account" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    CONSTRAINT "Account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ApiToken" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "userId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" DATETIME,
    "lastUsedAt" DATETIME,
    CONSTRAINT "ApiToken_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
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
