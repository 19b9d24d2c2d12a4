import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { type Coding, chooseCoding } from "../content-coding.ts";
import { listFiles } from "./page-paths.ts";

/** The path of the built files. Their names change with their content. */
export const STATIC_PATH = "/_next/static";

const suffixes: Record<Coding, string> = { br: ".br", gzip: ".gz" };

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** A file as it was built, or compressed by `scripts/precompress.mjs`. */
interface Variant {
  readonly bytes: Buffer;
  readonly etag: string;
}

/** Responds to GET and HEAD of a built file; returns false if there is no file at `pathname`. */
export type ServeStatic = (
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
) => Promise<boolean>;

/** Serves the files of `directory` below `/_next/static`. What was read once stays in memory; a read that failed is tried again. */
export async function openStaticFiles(directory: string): Promise<ServeStatic> {
  const names = new Set(await listFiles(directory));
  const variants = new Map<string, Promise<Variant>>();
  const load = (name: string) => {
    const loading = variants.get(name) ?? readVariant(path.join(directory, name));
    variants.set(name, loading);
    loading.catch(() => variants.delete(name));
    return loading;
  };
  return async (request, response, pathname) => {
    const name = pathname.slice(STATIC_PATH.length);
    const type = types[path.extname(name)];
    if (type === undefined || !names.has(name)) return false;
    const coding = codingOf(name, names, request);
    const variant = await load(coding === null ? name : name + suffixes[coding]);
    response.setHeader("Content-Type", type);
    response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
    response.setHeader("Vary", "Accept-Encoding");
    response.setHeader("ETag", variant.etag);
    if (request.headers["if-none-match"]?.includes(variant.etag)) {
      response.writeHead(304).end();
      return true;
    }
    if (coding !== null) response.setHeader("Content-Encoding", coding);
    response.setHeader("Content-Length", variant.bytes.byteLength);
    response.writeHead(200).end(request.method === "HEAD" ? undefined : variant.bytes);
    return true;
  };
}

/** The coding in which a file is sent; null when it is sent as it is. */
function codingOf(
  name: string,
  names: ReadonlySet<string>,
  { headers }: IncomingMessage,
): Coding | null {
  const coding = chooseCoding(headers["accept-encoding"]);
  if (coding === null || names.has(name + suffixes[coding])) return coding;
  return null;
}

/** The tag is that of the bytes, so each coding has its own (RFC 9110, section 8.8.3.3). */
async function readVariant(file: string): Promise<Variant> {
  const bytes = await readFile(file);
  const digest = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  return { bytes, etag: `"${digest}"` };
}
