import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { request } from "node:http";
import path from "node:path";
import { type BootedApp, type BootOptions, bootApp } from "./boot-app.ts";
import { type S3Proxy, startS3Proxy } from "./s3-proxy.ts";
import { type S3Server, s3Settings, startS3Server } from "./s3-server.ts";

/** An application that stores in a bucket, and the proxy through which it reaches the bucket. */
export interface S3Scene extends AsyncDisposable {
  readonly server: S3Server;
  readonly proxy: S3Proxy;
  readonly app: BootedApp;
  /** The bucket's directory. */
  readonly bucket: string;
  /** Begins an upload of `bytes` by an API token of an ordinary user. */
  begin(bytes: Uint8Array, ask?: { size?: number | null; chunkSize?: number }): Promise<Sending>;
  /** Keys of all files in the bucket's directory but the store's identity; versitygw's own left out. */
  keys(): Promise<string[]>;
}

/** An upload that is being sent. */
export interface Sending {
  readonly id: string;
  /** PUT of a range. Returns the status and the `Retry-After` header. */
  put(start: number, end: number): Promise<{ status: number; retryAfter: string | null }>;
  /** PUT of a range, of which only `cut` bytes are sent before the connection is closed. */
  cut(start: number, end: number, cut: number): Promise<void>;
  offset(): Promise<number>;
  complete(): Promise<string>;
  /** The file's bytes; with a `Range` when given. */
  download(range?: string): Promise<{ status: number; bytes: Buffer; headers: Headers }>;
  delete(): Promise<void>;
}

export const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

export async function startS3Scene(options: BootOptions = {}): Promise<S3Scene> {
  const server = await startS3Server();
  const bucket = await server.createBucket("files");
  const proxy = await startS3Proxy(server.endpoint);
  const settings = { ...s3Settings(server, "files"), S3_ENDPOINT: proxy.url };
  const app = await bootApp({ ...options, env: { ...settings, ...options.env } });
  const token = await app.token();
  return {
    server,
    proxy,
    app,
    bucket,
    begin: (bytes, ask = {}) => begin(app, token, { bytes, ...ask }),
    keys: () => keysIn(bucket),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function begin(
  app: BootedApp,
  token: string,
  ask: { bytes: Uint8Array; size?: number | null; chunkSize?: number },
): Promise<Sending> {
  const { bytes, chunkSize } = ask;
  const size = ask.size === undefined ? bytes.length : ask.size;
  const client = app.client(token);
  const { id, url } = await client.uploads.init.mutate({
    filename: "a file.bin",
    contentType: "application/zip",
    ...(size === null ? {} : { size }),
    ...(chunkSize === undefined ? {} : { chunkSize }),
  });
  const authorization = `Bearer ${token}`;
  const rangeOf = (start: number, end: number) => `bytes ${start}-${end - 1}/${size ?? "*"}`;
  return {
    id,
    async put(start, end) {
      const response = await fetch(url, {
        method: "PUT",
        headers: { authorization, "content-range": rangeOf(start, end) },
        body: bytes.slice(start, end),
      });
      await response.arrayBuffer();
      return { status: response.status, retryAfter: response.headers.get("retry-after") };
    },
    cut: (start, end, cut) =>
      new Promise((resolve) => {
        const headers = {
          authorization,
          "content-range": rangeOf(start, end),
          "content-length": end - start,
        };
        const sending = request(url, { method: "PUT", headers, agent: false });
        sending.once("error", () => resolve());
        sending.write(bytes.subarray(start, start + cut), () => {
          sending.destroy();
          resolve();
        });
      }),
    offset: async () => (await client.uploads.status.query({ id })).offset,
    complete: async () =>
      (await client.uploads.complete.mutate({ id, checksum: md5(bytes) })).status,
    async download(range) {
      const response = await fetch(`${app.url}/api/uploads/${id}/file`, {
        headers: { authorization, ...(range === undefined ? {} : { range }) },
        redirect: "manual",
      });
      const { status, headers } = response;
      return { status, headers, bytes: Buffer.from(await response.arrayBuffer()) };
    },
    async delete() {
      await client.uploads.delete.mutate({ id });
    },
  };
}

async function keysIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .filter((key) => key !== "store-id" && key !== "probe" && !key.startsWith(".sgwtmp"))
    .sort();
}
