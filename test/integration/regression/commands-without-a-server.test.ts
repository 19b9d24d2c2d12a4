import { describe, expect, it } from "vitest";
import { defineProfiles, profile } from "../../../src/core/profiles.ts";
import { readEnvironment } from "../../../src/env.ts";
import { composeApplication } from "../../../src/server/application.ts";
import { settle } from "../../support/live-body.ts";
import { arriving } from "../../support/memory-core.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

describe("a command that runs while no server does", () => {
  it("leaves deliveries to the server: it would end in their middle", async () => {
    await using directory = await tempDirectory();
    const environment = readEnvironment({
      NODE_ENV: "test",
      DATA_DIR: directory.path,
      LOG_LEVEL: "silent",
      ADMIN_PASSWORD: "the first administrator's",
    });
    let runs = 0;
    const profiles = defineProfiles({
      default: profile({
        checksum: "optional",
        onComplete: async () => {
          runs += 1;
          if (runs === 1) throw new Error("try again");
        },
      }),
    });
    const compose = (serving: boolean) => composeApplication(environment, { profiles, serving });

    const before = await compose(true);
    const owner = await before.auth.users.create({ email: "a@example.com" });
    const principal = { ...owner, kind: "user", via: "session" } as const;
    const upload = await before.core.service.init(principal, { filename: "a", size: 1 });
    await before.core.service.append(principal, {
      id: upload.id,
      position: { start: 0, end: 1, total: 1 },
      contentLength: 1,
      body: arriving(new Uint8Array(1)),
      signal: new AbortController().signal,
    });
    await before.core.service.complete(principal, { id: upload.id });
    await before.close();
    expect(runs).toBe(1);
    // It is due again a second after it failed.
    await before.clock.sleep(1_100);

    const command = await compose(false);
    for (let turn = 0; turn < 10; turn += 1) {
      await command.core.administration.get(upload.id);
      await settle();
    }
    expect(runs).toBe(1);
    await command.close();
  });
});
