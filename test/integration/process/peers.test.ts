import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { send } from "../../support/http-client.ts";

const forwarded = {
  "x-forwarded-for": "203.0.113.9",
  "x-forwarded-host": "files.example",
  "x-forwarded-proto": "https",
  "x-peer-address": "203.0.113.9",
};

async function urlOfUpload(env: Record<string, string>): Promise<unknown> {
  await using app = await bootApp({ env });
  const token = await app.token();
  const { id } = await app.client(token).uploads.init.mutate({ filename: "a", size: 1 });
  const answer = await send(`${app.url}/api/uploads/${id}`, {
    headers: { ...forwarded, authorization: `Bearer ${token}` },
  });
  return new URL((answer.json() as { url: string }).url).origin;
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

  it("does not reach the pages: they are told the socket's address", async () => {
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
