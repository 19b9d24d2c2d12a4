import { describe, expect, it } from "vitest";
import type { UserService } from "../../../../src/core/account-services.ts";
import { memoryCore } from "../../../support/memory-core.ts";
import { recordingLog } from "../../../support/recording-log.ts";
import { admin, alice, aliceRecord, NOW, onlyGiven, trpcBench } from "./trpc-door-bench.ts";

const auditsOf = (log: ReturnType<typeof recordingLog>) =>
  log.entries
    .filter(({ facts }) => "audit" in facts)
    .map(({ level, facts }) => ({ level, ...facts }));

describe("audit lines of the tRPC door", () => {
  it("contain each action of an administrator and the administrator's id", async () => {
    const log = recordingLog();
    const user = { ...aliceRecord, createdAt: NOW };
    const users = { create: async () => user, update: async () => user };
    const { service, administration } = memoryCore();
    const bench = trpcBench({
      service,
      administration,
      deps: { log, users: onlyGiven<UserService>(users) },
    });
    const { admin: asked } = bench.client(admin);
    await asked.users.create.mutate({ email: "a@b.example", password: "a secret password" });
    await asked.users.update.mutate({ id: alice.id, password: "another secret", role: "admin" });
    await asked.uploads.sweep.mutate({ dryRun: true });
    await asked.uploads.sweep.mutate({});
    await asked.uploads.delete.mutate({ ids: [alice.id] });
    const by = { level: "info", principal: admin.id };
    expect(auditsOf(log)).toEqual([
      { ...by, audit: "user-created", subjectId: alice.id },
      { ...by, audit: "user-updated", subjectId: alice.id, fields: ["role", "password"] },
      { ...by, audit: "sweep", counts: { files: 0, records: 0, bytes: 0 } },
      { ...by, audit: "uploads-deleted", uploadIds: [] },
    ]);
    expect(JSON.stringify(log.entries)).not.toContain("secret");
  });

  it("contain who deleted an upload, with a shortened id of an anonymous upload", async () => {
    const log = recordingLog();
    const settings = { access: { userRestricted: true, allowAnonymous: true } };
    const { service } = memoryCore({ log, settings });
    const anonymous = { kind: "anonymous" } as const;
    const owner = { ...alice, credential: { kind: "token", id: "t", hash: "h" } } as const;
    for (const principal of [owner, anonymous]) {
      const { id } = await service.init(principal, { filename: "a", size: 1 });
      await service.remove(principal, id);
      const [line] = auditsOf(log).slice(-1);
      const shown = principal.kind === "user" ? id : `${id.slice(0, 8)}…`;
      const by = principal.kind === "user" ? alice.id : "anonymous";
      expect(line).toMatchObject({ audit: "upload-deleted", principal: by, uploadId: shown });
    }
  });
});
