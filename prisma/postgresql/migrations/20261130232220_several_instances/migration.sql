-- CreateTable
CREATE TABLE "FailureCount" (
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "endsAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "FailureCount_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "FailureCount_endsAt_idx" ON "FailureCount"("endsAt");
