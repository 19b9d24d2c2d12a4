import { readFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import type { Fallback } from "../../src/server/serve.ts";
import { packageConsumer } from "./package-consumer.ts";
import { packProject } from "./packed-project.ts";

/** The page of an application that has installed the package from its tarball. */
export interface PackedPage extends AsyncDisposable {
  /** Serves it at `/`. */
  readonly serve: Fallback;
}

export async function packedPage(): Promise<PackedPage> {
  await using packed = await packProject();
  const consumer = await packageConsumer(packed.tarball);
  const files = await filesOf(consumer.path);
  return {
    serve: async (request, response) => {
      const file = files.get(request.url ?? "");
      const type = request.url?.endsWith(".js") ? "text/javascript" : "text/html";
      response.writeHead(file === undefined ? 404 : 200, { "content-type": type }).end(file);
    },
    [Symbol.asyncDispose]: () => consumer[Symbol.asyncDispose](),
  };
}

/** An application's page: its script, bundled for a browser, and the package's worker beside it. */
async function filesOf(consumer: string): Promise<Map<string, Uint8Array | string>> {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: consumer },
    bundle: true,
    format: "esm",
    platform: "browser",
    write: false,
  });
  const worker = "node_modules/trpc-chunked-upload/dist/package/hash-worker.js";
  return new Map([
    [
      "/",
      `<!doctype html><input type="file" multiple><script type="module" src="/page.js"></script>`,
    ],
    ["/page.js", outputFiles[0]?.contents ?? ""],
    ["/hash-worker.js", await readFile(path.join(consumer, worker))],
  ]);
}

const script = `
import { createUploadClient } from "trpc-chunked-upload/client";

globalThis.upload = async (token) => {
  const client = createUploadClient({ token });
  const [file] = document.querySelector("input").files;
  const { size, checksum, data } = await client.upload(file).done;
  return { size, checksum, data };
};

const fast = { retry: { baseMs: 50, maxMs: 2_000, attempts: 20 }, stallMs: 1_500 };
globalThis.uploadAll = async ({ url, token }) => {
  const client = createUploadClient({ url, token, ...fast });
  const files = [...document.querySelector("input").files];
  const views = files.map((file) => client.upload(file, { chunkSize: 2 ** 18 }).done);
  return (await Promise.all(views)).map(({ id, size, checksum }) => ({ id, size, checksum }));
};

globalThis.uploadByCookie = (url) =>
  createUploadClient({ url, withCredentials: true }).upload(new File(["four"], "four.txt")).done;

// Resolves with what was told up to the completion.
globalThis.watch = (token, id) =>
  new Promise((resolve, reject) => {
    const client = createUploadClient(token === null ? {} : { token });
    const told = [];
    const watching = client.trpc.uploads.watch.subscribe({ id }, {
      onData: ({ data: { type, upload } }) => {
        globalThis.started = true;
        if (type !== "progress" || upload.offset === 0) told.push(type + " " + upload.offset);
        if (type !== "completed") return;
        watching.unsubscribe();
        resolve(told);
      },
      onError: (error) => reject(error),
    });
  });
`;
