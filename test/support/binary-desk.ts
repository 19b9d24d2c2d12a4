import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  type BinaryOptions,
  type BinaryResult,
  type BinaryRun,
  runBinary,
  startBinary,
} from "./binary.ts";
import { type BootedApp, type BootOptions, bootApp } from "./boot-app.ts";
import { randomFile } from "./random-file.ts";
import { tempDirectory } from "./temp-directory.ts";

/** A chunk as the server saw it announced. Bytes, `end` exclusive. */
export interface SeenChunk {
  readonly start: number;
  readonly end: number;
}

/** Somebody at a shell in a directory of their own, with a server and a token. */
export interface Desk extends AsyncDisposable {
  readonly app: BootedApp;
  readonly directory: string;
  /** Every chunk that was announced to the server so far, in order; `onChunk` hears of each. */
  readonly chunks: SeenChunk[];
  onChunk: (count: number) => void;
  onDownload: () => void;
  /** The `Range` of every download that was asked for, or null. */
  readonly downloads: (string | null)[];
  /** A file of that many random bytes; answers them. */
  file(name: string, size: number): Promise<Buffer>;
  run(words: readonly string[], options?: Partial<BinaryOptions>): Promise<BinaryResult>;
  start(words: readonly string[], options?: Partial<BinaryOptions>): Promise<BinaryRun>;
}

export async function openDesk(options: BootOptions = {}): Promise<Desk> {
  const app = await bootApp(options);
  const home = await tempDirectory();
  const token = await app.token();
  const chunks: SeenChunk[] = [];
  const downloads: (string | null)[] = [];
  let seed = 1;
  const optionsOf = (given: Partial<BinaryOptions> = {}): BinaryOptions => ({
    cwd: home.path,
    ...given,
    env: { CHUNKED_UPLOAD_URL: app.url, CHUNKED_UPLOAD_TOKEN: token, ...given.env },
  });
  const desk: Desk = {
    app,
    directory: home.path,
    chunks,
    onChunk: () => undefined,
    onDownload: () => undefined,
    downloads,
    async file(name, size) {
      seed += 1;
      const bytes = randomFile(size, seed).slice(0, size);
      const target = path.join(home.path, name);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, bytes);
      return bytes;
    },
    run: (words, given) => runBinary(words, optionsOf(given)),
    start: (words, given) => startBinary(words, optionsOf(given)),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
  app.server.prependListener("request", (request) => {
    if (request.url?.endsWith("/file") && request.method === "GET") {
      downloads.push(request.headers.range ?? null);
      desk.onDownload();
    }
    const match = /^bytes (\d+)-(\d+)\//.exec(request.headers["content-range"] ?? "");
    if (request.method !== "PUT" || match === null) return;
    chunks.push({ start: Number(match[1]), end: Number(match[2]) + 1 });
    desk.onChunk(chunks.length);
  });
  return desk;
}

/** What JSON lines say. */
export function readLines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
