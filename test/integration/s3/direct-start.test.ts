import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DirectScene, openDirectScene } from "../../support/direct-scene.ts";
import { recordingLog } from "../../support/recording-log.ts";
import { versitygwPath } from "../../support/s3-server.ts";

describe.skipIf(versitygwPath() === null)("a server that starts over a bucket", () => {
  let scene: DirectScene;

  beforeAll(async () => {
    scene = await openDirectScene();
  }, 60_000);
  afterAll(() => scene?.[Symbol.asyncDispose]());

  async function warnings(env: Record<string, string> = {}): Promise<string[]> {
    const log = recordingLog();
    await using _app = await scene.boot({ log, env });
    const sentences = log.entries.filter(({ level }) => level === "warn");
    return sentences.map(({ message }) => message).filter((message) => message.includes("direct"));
  }

  it("warns while the bucket's CORS rules keep browsers from direct uploads", async () => {
    expect(await warnings()).toEqual([
      expect.stringMatching(/the bucket has no CORS rules\. Set the CORS rules of docs\/s3\.md/),
    ]);
    await scene.allowOrigins(["https://pages.example", "http://127.0.0.1:*"]);
    expect(await warnings({ CORS_ORIGINS: "https://pages.example" })).toEqual([]);
    expect(await warnings({ CORS_ORIGINS: "https://other.example" })).toEqual([
      expect.stringContaining("Browsers on https://other.example cannot send direct uploads"),
    ]);
  });
});
