import type { AddressInfo } from "node:net";
import { connect, createServer, type Server } from "node:net";

/** A TCP proxy that cuts connections in the middle of what the client sends. */
export interface CuttingProxy extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string;
  /** Where connections go from now on. */
  port: number;
  readonly cuts: number;
}

/**
 * Cuts each connection after as many bytes from the client as `bytesOf` returns for the cuts so far;
 * null: it is left alone.
 */
export async function startCuttingProxy(
  bytesOf: (cuts: number) => number | null,
): Promise<CuttingProxy> {
  let cuts = 0;
  const server: Server = createServer((client) => {
    const upstream = connect(proxy.port, "127.0.0.1");
    let left = bytesOf(cuts);
    client.on("data", (bytes) => {
      const passed = left === null ? bytes : bytes.subarray(0, left);
      if (!upstream.write(passed)) client.pause();
      if (left === null) return;
      left -= passed.length;
      if (left > 0) return;
      cuts += 1;
      left = null;
      client.destroy();
      upstream.end();
    });
    upstream.on("drain", () => client.resume());
    upstream.on("data", (bytes) => client.write(bytes));
    upstream.on("end", () => client.end());
    client.on("end", () => upstream.end());
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const)
      one.on("error", () => other.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: CuttingProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    port: 0,
    get cuts() {
      return cuts;
    },
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
