import type { Upload } from "../../src/core/upload.ts";
import type { TempDatabase } from "./temp-database.ts";

/** A record as `init` would write it, with whatever a test wants to be different. */
export function uploadRecord(changes: Partial<Upload> = {}): Upload {
  const createdAt = new Date("2026-03-04T05:06:07.000Z");
  return {
    id: "11111111-2222-4333-8444-555555555555",
    ownerId: null,
    origin: "api",
    profile: "default",
    filename: "film.mp4",
    path: null,
    contentType: "video/mp4",
    metadata: {},
    size: 1_000_000,
    maxBytes: null,
    chunkSize: 65_536,
    offset: 0,
    beyond: [],
    checksumAlgorithm: "md5",
    digestState: null,
    digestOffset: 0,
    checksum: null,
    storageKey: "chunked_uploads/2026/03/04/11111111-2222-4333-8444-555555555555",
    storeState: {},
    state: "uploading",
    finished: false,
    completion: null,
    completionError: null,
    result: null,
    concat: null,
    parts: null,
    finalId: null,
    uploadMetadata: null,
    uploadConcat: null,
    version: 0,
    createdAt,
    updatedAt: createdAt,
    expiresAt: new Date("2026-03-05T05:06:07.000Z"),
    completedAt: null,
    ...changes,
  };
}

/** A user whose uploads are to be; answers the id. */
export async function makeOwner(database: TempDatabase, email: string): Promise<string> {
  const person = { email, name: null, role: "user", passwordHash: null } as const;
  return (await database.users.create(person)).id;
}
