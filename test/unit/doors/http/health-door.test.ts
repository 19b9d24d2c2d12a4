import { describe, expect, it } from "vitest";
import { UploadError } from "../../../../src/core/errors.ts";
import { createHealthDoor } from "../../../../src/doors/http/health-door.ts";
import { doorRequest, jsonOf } from "../../../support/door-request.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { recordingLog } from "../../../support/recording-log.ts";

function healthDoor(probe: () => Promise<void>) {
  const clock = new ManualClock();
  const log = recordingLog();
  return { door: createHealthDoor({ probe, clock, log }), clock, log };
}

describe("the health door", () => {
  it("returns ok while the process serves, without a probe", async () => {
    const { door } = healthDoor(() => Promise.reject(new Error("asked")));
    for (const path of ["/api/health", "/api/health/"]) {
      const answer = await door(doorRequest(path));
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(await jsonOf(answer)).toEqual({ status: "ok" });
    }
    const head = await door(doorRequest("/api/health", { method: "HEAD" }));
    expect(head).toMatchObject({ status: 200, body: null });
  });

  it("is ready if database and store are writable", async () => {
    const answer = await healthDoor(async () => undefined).door(doorRequest("/api/ready"));
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it.each([
    ["rejects", () => Promise.reject(new UploadError("UNAVAILABLE"))],
    ["rejects with a full disk", () => Promise.reject(new UploadError("STORAGE_FULL"))],
    ["fails", () => Promise.reject(new Error("secret path"))],
  ])("is not ready if the probe %s, and only logs the reason", async (_, probe) => {
    const { door, log } = healthDoor(probe);
    const answer = await door(doorRequest("/api/ready"));
    expect(answer.status).toBe(503);
    expect(JSON.stringify(await jsonOf(answer))).not.toContain("secret");
    expect(log.entries).toHaveLength(1);
  });

  it("is not ready if the probe hangs, and probes again next time", async () => {
    let probes = 0;
    const { door, clock } = healthDoor(() => {
      probes += 1;
      return probes === 1 ? new Promise(() => undefined) : Promise.resolve();
    });
    const waiting = [door(doorRequest("/api/ready")), door(doorRequest("/api/ready"))];
    await clock.advance(3_000);
    const answers = await Promise.all(waiting);
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expect(probes).toBe(1);
    expect((await door(doorRequest("/api/ready"))).status).toBe(200);
  });

  it("probes at most once a second for any number of requests", async () => {
    let probes = 0;
    let fails = false;
    const { door, clock } = healthDoor(async () => {
      probes += 1;
      if (fails) throw new UploadError("UNAVAILABLE");
    });
    const ask = async () => (await door(doorRequest("/api/ready"))).status;
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 200]);
    await clock.advance(999);
    fails = true;
    expect(await ask()).toBe(200);
    expect(probes).toBe(1);
    await clock.advance(1);
    expect([await ask(), await ask()]).toEqual([503, 503]);
    expect(probes).toBe(2);
  });

  it("accepts GET and HEAD only, and no other path", async () => {
    const { door } = healthDoor(async () => undefined);
    const put = await door(doorRequest("/api/health", { method: "PUT" }));
    expect(put.status).toBe(405);
    expect(put.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
    expect((await door(doorRequest("/api/ready", { method: "OPTIONS" }))).status).toBe(204);
    expect((await door(doorRequest("/api/other"))).status).toBe(404);
  });
});
