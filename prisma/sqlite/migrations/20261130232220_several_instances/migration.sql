-- CreateTable
CREATE TABLE "FailureCount" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "count" INTEGER NOT NULL,
    "endsAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "FailureCount_endsAt_idx" ON "FailureCount"("endsAt");
