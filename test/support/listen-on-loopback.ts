import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Lets `server` listen on a free port of 127.0.0.1. Disposing closes it with all its connections. */
export async function listenOnLoopback(
  server: Server,
): Promise<AsyncDisposable & { readonly url: string }> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
