import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type App, postgres, severalApps } from "../../support/several-apps.ts";
import { CHUNK, fileOf } from "../../support/upload-run.ts";

const original = Client.prototype.query;
let statements: string[] = [];

beforeEach(() => {
  Client.prototype.query = function (this: Client, ...args: unknown[]) {
    const [first] = args as [string | { text?: string }];
    statements.push(typeof first === "string" ? first : String(first.text));
    return Reflect.apply(original, this, args);
  } as typeof original;
});

afterEach(() => {
  Client.prototype.query = original;
});

/** What the connection to the other instances asks and tells is no part of a chunk: it is batched. */
const isOfRequest = (sql: string) => !/pg_notify|pg_locks/.test(sql);

describe.runIf(postgres !== null)("a chunk on PostgreSQL with several instances", () => {
  it("costs few statements, credentials, claim and commit included", async () => {
    await using several = await severalApps({ count: 1 });
    const [app] = several.apps as [App];
    const owner = await several.user();
    const { token } = await app.application.auth.tokens.create(owner, { name: "t" });
    const size = 4 * CHUNK;
    const file = fileOf(size);
    const ask = { filename: "a", size, chunkSize: CHUNK };
    const { id } = await app.application.core.service.init(owner, ask);
    const counts: number[] = [];
    for (let start = 0; start < size; start += CHUNK) {
      statements = [];
      const response = await fetch(`${app.url}/api/uploads/${id}`, {
        method: "PUT",
        headers: {
          authorization: `Bearer ${token}`,
          "content-range": `bytes ${start}-${start + CHUNK - 1}/${size}`,
        },
        body: file.subarray(start, start + CHUNK) as Uint8Array<ArrayBuffer>,
      });
      expect(response.status).toBe(200);
      counts.push(statements.filter(isOfRequest).length);
    }
    // The first chunk also notes that the token was used; the outbox is looked at every 2 s.
    expect(Math.min(...counts)).toBeLessThanOrEqual(4);
    expect(counts.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(4 * 4 + 3);
  });
});
