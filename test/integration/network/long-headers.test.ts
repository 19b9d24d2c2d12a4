import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { httpServerOver } from "../../support/http-server-over.ts";
import { createFinal, metadataOf, tusCaller } from "../../support/tus-client.ts";

const PARTS = 600;

describe("headers that grow with an upload", () => {
  it("may list 600 parts of a tus final", async () => {
    await using app = await bootApp();
    const tus = tusCaller(app.url, { authorization: `Bearer ${await app.token()}` });
    const final = await createFinal(tus, PARTS);
    const head = await tus.head(final);
    expect(head.status).toBe(200);
    expect(String(head.headers["upload-concat"]).split(" ")).toHaveLength(PARTS);
  }, 180_000);

  it("are warned of once when they are longer than a proxy's usual buffer", async () => {
    await using app = await bootApp();
    await using server = await httpServerOver(app);
    const tus = tusCaller(server.url, { authorization: `Bearer ${await app.token()}` });
    const short = await tus.create({ "upload-length": "1" });
    const { pathname } = new URL(
      await tus.create({
        "upload-length": "1",
        "upload-metadata": metadataOf({ filename: "a", note: "x".repeat(2_900) }),
      }),
    );
    await tus.head(`${server.url}${new URL(short).pathname}`);
    const warnings = () =>
      server.entries.filter(({ message }) => message.includes("proxy_buffer_size"));
    expect(warnings()).toEqual([]);
    for (let time = 0; time < 3; time += 1) await tus.head(`${server.url}${pathname}`);
    expect(warnings()).toHaveLength(1);
  });

  it("are kept small beside what the client sent", async () => {
    await using app = await bootApp();
    const tus = tusCaller(app.url, { authorization: `Bearer ${await app.token()}` });
    const metadata = metadataOf({ filename: "a", note: "x".repeat(2_000) });
    const url = await tus.create({ "upload-length": "1", "upload-metadata": metadata });
    const { headers } = await tus.head(url);
    const bytes = Object.entries(headers).reduce(
      (sum, [name, value]) => sum + name.length + String(value).length + 4,
      0,
    );
    expect(bytes - metadata.length).toBeLessThan(1_000);
  });
});
