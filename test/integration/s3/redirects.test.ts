import { randomBytes } from "node:crypto";
import { parse } from "content-disposition";
import { expect, it } from "vitest";
import { md5, startS3Scene } from "../../support/s3-scene.ts";
import { s3Settings } from "../../support/s3-server.ts";

it("redirects downloads to a URL of the bucket, with the file's name and type", async () => {
  await using scene = await startS3Scene({ env: { S3_PUBLIC_DOWNLOADS: "true" } });
  const bytes = randomBytes(9 * 2 ** 20);
  const sending = await scene.begin(bytes);
  await sending.put(0, bytes.length);
  await sending.complete();
  const { status, headers } = await sending.download();
  expect(status).toBe(302);
  expect(headers.get("cache-control")).toContain("no-store");
  const location = headers.get("location") ?? "";
  const file = await fetch(location, { headers: { range: "bytes=10-19" } });
  expect(file.status).toBe(206);
  expect(file.headers.get("content-type")).toBe("application/zip");
  expect(file.headers.get("content-disposition")).toBe('attachment; filename="a file.bin"');
  expect(Buffer.from(await file.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
  const forged = await fetch(location.replace("application%2Fzip", "text%2Fhtml"));
  expect(forged.status).toBe(403);
});

it("redirects to the name by which clients reach the service", async () => {
  await using scene = await startS3Scene();
  const publicEndpoint = scene.server.endpoint.replace("127.0.0.1", "localhost");
  const settings = { S3_PUBLIC_DOWNLOADS: "true", S3_PUBLIC_ENDPOINT: publicEndpoint };
  await using other = await startS3Scene({
    env: { ...s3Settings(scene.server, "files"), ...settings },
  });
  const bytes = randomBytes(1_000);
  const sending = await other.begin(bytes);
  await sending.put(0, bytes.length);
  await sending.complete();
  const location = (await sending.download()).headers.get("location") ?? "";
  expect(new URL(location).origin).toBe(publicEndpoint);
  expect(Buffer.from(await (await fetch(location)).arrayBuffer()).equals(bytes)).toBe(true);
});

it("redirects to a URL that proxies and Amazon S3 take, whatever the file's name", async () => {
  await using scene = await startS3Scene({ env: { S3_PUBLIC_DOWNLOADS: "true" } });
  const token = await scene.app.token();
  const { uploads } = scene.app.client(token);
  const headers = { authorization: `Bearer ${token}` };
  for (const character of ["\u4e2d", "\u00e9", '"', "%"]) {
    const filename = `${character.repeat(1_020)}.zip`;
    const { id, url } = await uploads.init.mutate({ filename, size: 1 });
    const range = { ...headers, "content-range": "bytes 0-0/1" };
    await fetch(url, { method: "PUT", headers: range, body: "x" });
    await uploads.complete.mutate({ id, checksum: md5(Buffer.from("x")) });
    const file = `${scene.app.url}/api/uploads/${id}/file`;
    const redirect = await fetch(file, { headers, redirect: "manual" });
    const location = redirect.headers.get("location") ?? "";
    expect(location.length).toBeLessThan(4_000);
    const disposition = (await fetch(location)).headers.get("content-disposition") ?? "";
    expect(parse(disposition).parameters.filename).toMatch(/^(.)\1{100,}\.zip$/);
  }
});
