import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";
import { listenOnLoopback } from "../../../support/listen-on-loopback.ts";

/** Short enough to be waited for, long enough for every other check. */
const EXPIRATION_MS = 10_000;
const MAX_SIZE = 10 * 2 ** 30;

/** @tus/server with its file store, on a free port and a folder of its own. */
export async function startReference(): Promise<AsyncDisposable & { readonly url: string }> {
  const directory = await mkdtemp(path.join(tmpdir(), "tus-reference-"));
  const tus = new Server({
    path: "/files",
    maxSize: MAX_SIZE,
    datastore: new FileStore({ directory, expirationPeriodInMilliseconds: EXPIRATION_MS }),
  });
  const server = createServer((request, response) => void tus.handle(request, response));
  const listening = await listenOnLoopback(server);
  return {
    url: `${listening.url}/files`,
    async [Symbol.asyncDispose]() {
      await listening[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
