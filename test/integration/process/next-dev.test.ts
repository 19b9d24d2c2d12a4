import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openChromium } from "../../support/chromium.ts";
import { DrfClient, said } from "../../support/drf-client.ts";
import { chunkHeaders, send } from "../../support/http-client.ts";
import { spawnNextDev } from "../../support/spawn-next-dev.ts";
import { adminEmail, runCli } from "../../support/spawn-server.ts";
import { trpcClient } from "../../support/trpc-client.ts";

/** The pages start, sign in and hash on a worker in development mode, and the policy for scripts forbids none of it. */
async function expectPagesUnderTheirPolicy(url: string): Promise<void> {
  const answer = await send(`${url}/sign-in`);
  expect(answer.headers["content-security-policy"]).toContain("script-src 'self'");
  await using browser = await openChromium();
  const page = await browser.newPage();
  // Next compiles each page when it is asked for.
  page.setDefaultTimeout(120_000);
  const problems: string[] = [];
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) problems.push(message.text());
  });
  await page.goto(`${url}/sign-in`, { waitUntil: "networkidle" });
  await page.getByLabel("E-mail").fill(adminEmail);
  await page.getByLabel("Password").fill("the first administrator's");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByTestId("files").waitFor({ state: "attached" });
  const hashing = page.waitForEvent("worker");
  const files = page.getByTestId("files");
  await files.setInputFiles({ name: "a.bin", mimeType: "", buffer: randomBytes(9_000_000) });
  await hashing;
  await page.getByRole("region", { name: "Your files" }).getByText("Complete").waitFor();
  expect(problems).toEqual([]);
}

describe("the route files on Next alone", () => {
  it("serve health, control and bytes as the doors do", { timeout: 300_000 }, async () => {
    await using next = await spawnNextDev();

    await expectPagesUnderTheirPolicy(next.url);
    expect((await send(`${next.url}/api/health`)).status).toBe(200);
    expect((await send(`${next.url}/api/ready`)).status).toBe(200);

    const nobody = await send(`${next.url}/api/trpc/uploads.list`);
    expect(nobody.status).toBe(401);
    expect(nobody.body.toString()).toContain("UNAUTHENTICATED");
    expect((await send(`${next.url}/api/uploads/x`)).status).toBe(401);

    const made = await runCli(["token", "create", adminEmail, "--name", "dev"], { env: next.env });
    expect(made.stderr).toContain("Shown only once");
    const token = made.stdout.trim();
    const bytes = randomBytes(12_000_000);
    const { uploads } = trpcClient(next.url, token);
    const { id } = await uploads.init.mutate({ filename: "film.bin", size: bytes.length });

    const put = await send(`${next.url}/api/uploads/${id}`, {
      method: "PUT",
      headers: chunkHeaders(token, { start: 0, length: bytes.length, total: bytes.length }),
      body: bytes,
    });
    expect(put.json()).toMatchObject({ offset: bytes.length });
    expect(put.status).toBe(200);

    const where = await send(`${next.url}/api/uploads/${id}`, {
      method: "HEAD",
      headers: { authorization: `Bearer ${token}` },
    });
    expect(where.headers["upload-offset"]).toBe(String(bytes.length));

    const checksum = createHash("md5").update(bytes).digest("hex");
    expect(await uploads.complete.mutate({ id, checksum })).toMatchObject({ status: "complete" });

    const file = await send(`${next.url}/api/uploads/${id}/file`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(file.body.equals(bytes)).toBe(true);
    const part = await send(`${next.url}/api/uploads/${id}/file`, {
      headers: { authorization: `Bearer ${token}`, range: "bytes=1000-1999" },
    });
    expect(part.status).toBe(206);
    expect(part.headers["content-encoding"]).toBeUndefined();
    expect(part.body.equals(bytes.subarray(1000, 2000))).toBe(true);

    // drf-chunked-upload's own wire ends its paths in a slash: a redirect would lose the body.
    const drf = DrfClient.by(next.url, token);
    const first = await drf.put({ bytes: bytes.subarray(0, 5_000_000), total: bytes.length });
    expect(first.json()).toMatchObject({ offset: 5_000_000, status: 1 });
    const url = drf.urlOf(said(first).id);
    const rest = { bytes: bytes.subarray(5_000_000), start: 5_000_000, total: bytes.length };
    expect((await drf.put(rest, url.slice(0, -1))).json()).toMatchObject({ offset: bytes.length });
    expect((await drf.complete(url, { md5: checksum })).json()).toMatchObject({ status: 2 });
    expect((await drf.ask("GET", drf.at)).status).toBe(200);
  });
});
