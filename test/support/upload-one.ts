import type { Application } from "../../src/server/application.ts";

/** A user's finished upload of the bytes "abc"; returns its id. */
export async function uploadOne(application: Application): Promise<string> {
  const { service } = application.core;
  const owner = await application.auth.users.create({
    email: `${crypto.randomUUID()}@example.com`,
    password: "a password of some length",
    role: "user",
  });
  const principal = { ...owner, kind: "user", via: "session" } as const;
  const { id } = await service.init(principal, { filename: "a.txt", size: 3 });
  await service.append(principal, {
    id,
    position: { start: 0, end: 3, total: 3 },
    contentLength: 3,
    body: (async function* () {
      yield new TextEncoder().encode("abc");
    })(),
    signal: new AbortController().signal,
  });
  await service.complete(principal, { id, checksum: "900150983cd24fb0d6963f7d28e17f72" });
  return id;
}
