import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { bootApp } from "../../support/boot-app.ts";
import { chunkHeaders, openConnection, send } from "../../support/http-client.ts";

/** More than the buffers of both ends take in. */
const file = Buffer.alloc(48_000_000, "take me");

describe("a download that the client does not read", () => {
  it("is cut after the idle time, and lets the file go", async () => {
    await using app = await bootApp({ env: { IDLE_TIMEOUT: "500ms" } });
    const token = await app.token();
    const client = app.client(token);
    const { id, url } = await client.uploads.init.mutate({ filename: "a", size: file.length });
    const chunk = { start: 0, length: file.length, total: file.length };
    await send(url, { method: "PUT", headers: chunkHeaders(token, chunk), body: file });
    const checksum = createHash("md5").update(file).digest("hex");
    await client.uploads.complete.mutate({ id, checksum });

    const accepted = once(app.server, "connection");
    await using line = await openConnection(app.url);
    line.socket.pause();
    const [socket] = (await accepted) as [Socket];
    const closed = once(socket, "close");
    await line.write(
      `GET /api/uploads/${id}/file HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    await closed;
    expect(socket.bytesWritten).toBeLessThan(file.length);
    // A reader who takes it, however slow, gets it whole.
    const whole = await send(`${url}/file`, { headers: { authorization: `Bearer ${token}` } });
    expect(whole.body.equals(file)).toBe(true);
  });
});
