import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { startCuttingProxy } from "../../support/cutting-proxy.ts";
import { execute } from "../../support/npm.ts";
import { chance, runSeed } from "../../support/random-file.ts";

const VERSION = "0.5.1";
const FILES = 50;
const SIZE = 4 * 2 ** 20;
const jar = path.join(
  homedir(),
  ".m2/repository",
  `io/tus/java/client/tus-java-client/${VERSION}/tus-java-client-${VERSION}.jar`,
);
const missing = await whatIsMissing();

async function whatIsMissing(): Promise<string | null> {
  const { code } = await execute("java", ["-version"], import.meta.dirname).catch(() => ({
    code: 1,
  }));
  if (code !== 0) return "no java was found";
  return existsSync(jar)
    ? null
    : `fetch it by "mvn dependency:get -Dartifact=io.tus.java.client:tus-java-client:${VERSION}"`;
}

describe("tus-java-client", () => {
  if (missing !== null) {
    // CI counts skipped tests as failures, so this one says what is left out, as others do.
    it(`is left out: ${missing}`, () => {});
    return;
  }

  it("resumes at once after every cut, and is never refused", { timeout: 600_000 }, async () => {
    const { int } = chance(runSeed());
    // Three cuts a file, and then it is left alone for a while.
    await using proxy = await startCuttingProxy((cuts) =>
      cuts < 3 * FILES ? int(2_000, 1.5 * 2 ** 20) : null,
    );
    await using app = await bootApp({ env: { PUBLIC_URL: proxy.url } });
    proxy.port = Number(new URL(app.url).port);
    const source = path.join(import.meta.dirname, "java", "ResumeAtOnce.java");
    const token = await app.token();
    const args = ["-cp", jar, source, `${proxy.url}/api/tus`, token, String(FILES), String(SIZE)];
    const { stdout, stderr } = await execute("java", args, import.meta.dirname);
    const lines = stdout.trim().split("\n");
    expect(
      lines.filter((line) => !line.startsWith("ok ")),
      stderr,
    ).toEqual([]);
    expect(lines).toHaveLength(FILES);
    expect(proxy.cuts).toBeGreaterThan(FILES);
    const { items } = await app.client(token).uploads.list.query({ limit: 100 });
    expect(items.map(({ status, size }) => [status, size])).toEqual(
      Array.from({ length: FILES }, () => ["complete", SIZE]),
    );
  });
});
