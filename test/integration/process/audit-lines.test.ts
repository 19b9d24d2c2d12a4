import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { openConnection, send } from "../../support/http-client.ts";
import { recordingLog } from "../../support/recording-log.ts";
import { trpcClient } from "../../support/trpc-client.ts";

type Facts = { readonly [name: string]: unknown };

/** An application with the facts of its audit lines, and of the lines of its requests. */
async function auditedApp() {
  const log = recordingLog();
  const app = await bootApp({ log });
  const factsWhere = (wanted: (facts: Facts, message: string) => boolean) =>
    log.entries
      .filter(({ facts, message }) => wanted(facts as Facts, message))
      .map(({ facts }) => facts as Facts);
  return {
    app,
    audits: () => factsWhere((facts) => "audit" in facts),
    requests: () => factsWhere((_, message) => message === "request"),
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

describe("audit lines of a server", () => {
  it("carry the id of their own request when requests are pipelined", async () => {
    await using scene = await auditedApp();
    const { app } = scene;
    const token = await app.token();
    const { uploads } = app.client(token);
    const deletions: string[] = [];
    for (const filename of ["a", "b", "c"]) {
      const { id } = await uploads.init.mutate({ filename, size: 1 });
      const head = `DELETE /api/uploads/${id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}`;
      deletions.push(`${head}\r\nX-Request-Id: deletes-${filename}\r\n\r\n`);
    }
    await using line = await openConnection(app.url);
    await line.write(deletions.join(""));
    await line.waitFor("deletes-c");
    const deleted = scene.audits().filter(({ audit }) => audit === "upload-deleted");
    expect(deleted.map(({ requestId }) => requestId)).toEqual([
      "deletes-a",
      "deletes-b",
      "deletes-c",
    ]);
  });

  it("carry the id and the principal of the line of their request", async () => {
    await using scene = await auditedApp();
    const { app } = scene;
    const owner = await app.user();
    const admin = await app.createUser({ role: "admin" });
    const as = async (user: typeof owner) =>
      trpcClient(app.url, { cookie: await app.sessionCookie(user) });
    const [own, administration] = [await as(owner), await as(admin)];
    const before = scene.audits().length;

    const made = await own.tokens.create.mutate({ name: "script" });
    const [first, second] = await Promise.all(
      ["a", "b"].map((filename) => own.uploads.init.mutate({ filename, size: 1 })),
    );
    await own.uploads.delete.mutate({ id: first?.id ?? "" });
    const headers = { authorization: `Bearer ${made.token}`, "x-request-id": "trace-9" };
    await send(`${app.url}/api/uploads/${second?.id}`, { method: "DELETE", headers });
    await own.tokens.revoke.mutate({ id: made.id });
    await own.tokens.revokeAll.mutate();
    await administration.admin.users.update.mutate({ id: owner.id, name: "Ada" });
    await administration.admin.uploads.delete.mutate({ ids: [owner.id] });
    await administration.admin.uploads.sweep.mutate({});

    const lines = scene.audits().slice(before);
    expect(lines.map(({ audit, principal }) => [audit, principal])).toEqual([
      ["token-created", owner.id],
      ["upload-deleted", owner.id],
      ["upload-deleted", owner.id],
      ["token-revoked", owner.id],
      ["all-revoked", owner.id],
      ["user-updated", admin.id],
      ["uploads-deleted", admin.id],
      ["sweep", admin.id],
    ]);
    expect(lines[2]).toMatchObject({ requestId: "trace-9" });
    await expect.poll(() => scene.requests().length).toBeGreaterThanOrEqual(lines.length);
    for (const { requestId, principal } of lines) {
      expect(scene.requests()).toContainEqual(expect.objectContaining({ requestId, principal }));
    }
    expect(new Set(lines.map(({ requestId }) => requestId)).size).toBe(lines.length);
  });
});
