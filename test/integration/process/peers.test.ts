import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { send } from "../../support/http-client.ts";

const forwarded = {
  "x-forwarded-for": "203.0.113.9",
  "x-forwarded-host": "files.example",
  "x-forwarded-proto": "https",
  "x-peer-address": "203.0.113.9",
};

async function urlOfUpload(
  env: Record<string, string>,
  headers: Record<string, string> = forwarded,
): Promise<unknown> {
  await using app = await bootApp({ env });
  const token = await app.token();
  const { id } = await app.client(token).uploads.init.mutate({ filename: "a", size: 1 });
  const answer = await send(`${app.url}/api/uploads/${id}`, {
    headers: { ...headers, authorization: `Bearer ${token}` },
  });
  return new URL((answer.json() as { url: string }).url).origin;
}

/** The origins of every URL that the doors return for a finished file and a new tus upload. */
async function originsOfUrls(
  env: Record<string, string>,
  forwarding: Record<string, string>,
): Promise<Record<string, string>> {
  await using app = await bootApp({ env });
  const headers = { ...forwarding, authorization: `Bearer ${await app.token()}` };
  const tus = await send(`${app.url}/api/tus`, {
    method: "POST",
    headers: { ...headers, "tus-resumable": "1.0.0", "upload-length": "0" },
  });
  const location = tus.headers.location ?? "";
  const id = location.split("/").at(-1);
  const raw = await send(`${app.url}/api/uploads/${id}`, { headers });
  const drf = await send(`${app.url}/api/chunked_upload/${id}`, { headers });
  const input = encodeURIComponent(JSON.stringify({ json: { id } }));
  const trpc = await send(`${app.url}/api/trpc/uploads.status?input=${input}`, { headers });
  const { url, file } = drf.json() as { url: string; file: string };
  const view = (trpc.json() as { result: { data: { json: Record<string, string> } } }).result.data;
  const urls = {
    location,
    ...{ raw: (raw.json() as { url: string }).url, drf: url, file },
    ...{ view: view.json.url ?? "", fileUrl: view.json.fileUrl ?? "" },
  };
  return Object.fromEntries(
    Object.entries(urls).map(([name, value]) => [name, new URL(value).origin]),
  );
}

async function seenBehind(env: Record<string, string>): Promise<Record<string, unknown>> {
  let seen: Record<string, unknown> = {};
  await using app = await bootApp({
    env,
    fallback: async (request, response) => {
      seen = { ...request.headers };
      response.end();
    },
  });
  await send(`${app.url}/page`, { headers: forwarded });
  return seen;
}

describe("what callers say of themselves", () => {
  it("is ignored: no URL of an answer is taken from it", async () => {
    expect(await urlOfUpload({ PUBLIC_URL: "http://files.test" })).toBe("http://files.test");
  });

  it("counts when a trusted proxy says it", async () => {
    expect(await urlOfUpload({ TRUSTED_PROXIES: "127.0.0.1" })).toBe("https://files.example");
  });

  it.each([
    ["the scheme only", { "x-forwarded-proto": "http" }],
    ["scheme and port", { "x-forwarded-proto": "http", "x-forwarded-port": "8080" }],
    ["nothing", {}],
  ])("leaves PUBLIC_URL in every URL when a trusted proxy forwards %s", async (_, forwarding) => {
    const env = { TRUSTED_PROXIES: "127.0.0.1", PUBLIC_URL: "https://files.test" };
    const origins = await originsOfUrls(env, { host: "inner:3000", ...forwarding });
    expect(new Set(Object.values(origins))).toEqual(new Set(["https://files.test"]));
  });

  it("gives every URL the host and port that a trusted proxy forwards", async () => {
    const env = { TRUSTED_PROXIES: "127.0.0.1", PUBLIC_URL: "https://files.test" };
    const forwarding = { "x-forwarded-host": "other.test", "x-forwarded-port": "8443" };
    const origins = await originsOfUrls(env, forwarding);
    expect(new Set(Object.values(origins))).toEqual(new Set(["https://other.test:8443"]));
  });

  it("is not passed to the pages, which get the socket's address", async () => {
    const seen = await seenBehind({});
    expect(seen["x-peer-address"]).toBe("127.0.0.1");
    expect(Object.keys(seen).filter((name) => name.startsWith("x-forwarded"))).toEqual([]);
  });

  it("reaches the pages from a trusted proxy", async () => {
    const seen = await seenBehind({ TRUSTED_PROXIES: "127.0.0.0/8" });
    expect(seen).toMatchObject({
      "x-peer-address": "203.0.113.9",
      "x-forwarded-host": "files.example",
    });
  });
});
