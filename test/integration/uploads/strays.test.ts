import { describe, expect, it } from "vitest";
import { randomIds } from "../../../src/adapters/node/ids.ts";
import { startBackground } from "../../../src/server/background.ts";
import { beginUpload } from "../../support/begin-upload.ts";
import { bootApp } from "../../support/boot-app.ts";
import { databaseOf } from "../../support/foreign-edits.ts";
import { randomFile } from "../../support/random-file.ts";
import { recordingLog } from "../../support/recording-log.ts";
import { runSql } from "../../support/run-sql.ts";

describe("finished files without a record", () => {
  it("are reported once after a start, with their number, and stay", async () => {
    await using app = await bootApp();
    const headers = { authorization: `Bearer ${await app.token()}` };
    for (let n = 0; n < 3; n += 1) {
      const file = randomFile(100);
      const upload = await beginUpload({ url: app.url, headers, file });
      await upload.send({ start: 0, end: 100 });
      await upload.complete();
      if (n > 0)
        await runSql(
          databaseOf(app.dataDir),
          `DELETE FROM "ChunkedUpload" WHERE "id" = '${upload.id}'`,
        );
    }
    const log = recordingLog();
    const { core, clock } = app.application;
    const leases = { acquire: async () => true, release: async () => undefined };
    const background = startBackground({
      ...{ core, leases, sweepIntervalMs: 1_000, clock, log },
      ...{ claims: null, ids: randomIds },
      refold: async () => 0,
      optimize: async () => undefined,
    });
    while (log.entries.length === 0) await clock.sleep(10);
    await clock.sleep(1_500);
    await background.stop();
    expect(log.entries).toEqual([
      {
        level: "warn",
        facts: { count: 2, examples: [expect.any(String), expect.any(String)] },
        message: "Finished files without a record",
      },
    ]);
    expect((await core.housekeeping.strays(new AbortController().signal)).count).toBe(2);
  });
});
