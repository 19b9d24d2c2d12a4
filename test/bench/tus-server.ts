import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

// The server that ours is compared with, as its README sets it up: plain node:http, files on disk.
const directory = process.argv[2];
if (directory === undefined) throw new Error("A directory is wanted.");

const tus = new Server({ path: "/files", datastore: new FileStore({ directory }) });
const server = createServer((request, response) => void tus.handle(request, response));
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`Ready at http://127.0.0.1:${port}\n`);
});
