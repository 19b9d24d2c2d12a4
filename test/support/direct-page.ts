import path from "node:path";
import { build } from "esbuild";
import type { Fallback } from "../../src/server/serve.ts";

const root = path.resolve(import.meta.dirname, "../..");

const script = `
import { createUploadClient } from "./src/client/browser/index.ts";

globalThis.upload = async (token) => {
  const client = createUploadClient({ token, transfer: "direct" });
  const [file] = document.querySelector("input").files;
  const upload = client.upload(file);
  upload.subscribe(() => (globalThis.acknowledged = upload.snapshot().acknowledged));
  const { id, size, checksum, transfer } = await upload.done;
  return { id, size, checksum, transfer };
};
`;

/** Serves a page whose script has the browser client, bundled as applications do it. */
export async function directPage(): Promise<Fallback> {
  const shared = { bundle: true, format: "esm", platform: "browser", absWorkingDir: root } as const;
  const [page, worker] = await Promise.all([
    build({
      ...shared,
      entryPoints: { page: "direct-page" },
      splitting: true,
      outdir: "/",
      write: false,
      plugins: [
        {
          name: "page",
          setup({ onResolve, onLoad }) {
            onResolve({ filter: /^direct-page$/ }, () => ({ path: "page", namespace: "page" }));
            onLoad({ filter: /.*/, namespace: "page" }, () => ({
              contents: script,
              resolveDir: root,
            }));
          },
        },
      ],
    }),
    build({
      ...shared,
      entryPoints: ["src/client/browser/hash-worker.ts"],
      outdir: "/",
      write: false,
    }),
  ]);
  const files = new Map<string, Uint8Array | string>([
    ["/", `<!doctype html><input type="file"><script type="module" src="/page.js"></script>`],
    ["/hash-worker.ts", worker.outputFiles[0]?.contents ?? ""],
    ...page.outputFiles.map((file) => [file.path, file.contents] as const),
  ]);
  return async (request, response) => {
    const file = files.get(request.url ?? "");
    const type = request.url === "/" ? "text/html" : "text/javascript";
    response.writeHead(file === undefined ? 404 : 200, { "content-type": type }).end(file);
  };
}
