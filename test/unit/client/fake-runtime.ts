import { createHash } from "node:crypto";
import type { Bytes } from "../../../src/client/bytes.ts";
import { UploadFailure } from "../../../src/client/failure.ts";
import type {
  ClientRuntime,
  DigestSession,
  Release,
  StreamDigest,
} from "../../../src/client/runtime.ts";
import type { UploadSnapshot } from "../../../src/client/snapshot.ts";
import type { Upload } from "../../../src/client/upload.ts";
import {
  createUploadClient,
  type EngineOptions,
  type UploadClient,
} from "../../../src/client/upload-client.ts";
import { type FakeServer, md5 } from "./fake-server.ts";

/** The state that the tabs of one browser share. */
export class FakeBrowser {
  readonly stored = new Map<string, string>();
  readonly #held = new Map<string, Promise<void>>();

  tryHold(name: string): Release | null {
    if (this.#held.has(name)) return null;
    let free: Release = () => undefined;
    this.#held.set(name, new Promise((resolve) => (free = resolve)));
    return () => {
      this.#held.delete(name);
      free();
    };
  }

  async hold(name: string, signal: AbortSignal): Promise<Release> {
    for (;;) {
      if (signal.aborted) throw new UploadFailure("ABORTED");
      const release = this.tryHold(name);
      if (release !== null) return release;
      await Promise.race([this.#held.get(name), aborted(signal)]);
    }
  }
}

/** A tab with a virtual clock: only `sleep` and `pass` advance it, without waiting. */
export class FakeTab {
  readonly slept: number[] = [];
  readonly digests: { length: number }[] = [];
  online = true;
  readonly #networkListeners = new Set<() => void>();
  readonly #tickers = new Set<() => void>();
  readonly client: UploadClient;
  #now = 0;
  readonly #server: FakeServer;

  constructor(
    server: FakeServer,
    browser = new FakeBrowser(),
    options: { seed?: number } & Partial<EngineOptions<Blob | ReadableStream<Uint8Array>>> = {},
  ) {
    this.#server = server;
    this.client = createUploadClient(server.api, this.#runtime(browser, options.seed ?? 1), {
      origin: "",
      scope: "here",
      retry: { baseMs: 500, maxMs: 30_000, attempts: 6 },
      ...options,
    });
  }

  setOnline(online: boolean): void {
    this.online = online;
    for (const listener of this.#networkListeners) listener();
  }

  /** Advances the clock by `ms` milliseconds and then runs each periodic listener once. */
  pass(ms: number): void {
    this.#now += ms;
    for (const listener of this.#tickers) listener();
  }

  #runtime(browser: FakeBrowser, seed: number): ClientRuntime {
    return {
      clock: {
        now: () => this.#now,
        sleep: async (ms) => {
          this.slept.push(ms);
          this.#now += ms;
          await new Promise((resolve) => setImmediate(resolve));
        },
        every: (_ms, listener) => {
          this.#tickers.add(listener);
          return () => this.#tickers.delete(listener);
        },
      },
      random: seededRandom(seed),
      network: {
        isOnline: () => this.online,
        onChange: (listener) => {
          this.#networkListeners.add(listener);
          return () => this.#networkListeners.delete(listener);
        },
      },
      transport: this.#server.transport,
      digests: { open: (file) => this.#digest(file), openStream: () => streamDigest() },
      memory: {
        recall: async (fingerprint) => browser.stored.get(fingerprint) ?? null,
        remember: async (fingerprint, { id }) => void browser.stored.set(fingerprint, id),
        forget: async (fingerprint) => void browser.stored.delete(fingerprint),
      },
      locks: {
        tryHold: async (name) => browser.tryHold(name),
        hold: (name, signal) => browser.hold(name, signal),
      },
    };
  }

  #digest(file: Bytes): DigestSession {
    return {
      upTo: async (length, { onRead, signal }) => {
        this.digests.push({ length });
        const bytes = await readBlob(file.slice(0, length));
        onRead(length);
        if (signal.aborted) throw new UploadFailure("ABORTED");
        return md5(bytes);
      },
      close: () => undefined,
    };
  }
}

function streamDigest(): StreamDigest {
  const hash = createHash("md5");
  return {
    update: async (bytes) => void hash.update(bytes),
    digest: async () => hash.copy().digest("hex"),
    close: () => undefined,
  };
}

/** A file of `size` random bytes, determined by `seed`. */
export function fileOf(size: number, seed = 7, name = "film.bin"): File {
  const random = seededRandom(seed);
  const bytes = Uint8Array.from({ length: size }, () => Math.floor(random() * 256));
  return new File([bytes], name, { lastModified: 1_000 });
}

export async function readBlob(blob: Bytes): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer());
}

/** Resolves with the first snapshot for which `wanted` returns true. */
export function until(
  upload: Upload,
  wanted: (snapshot: UploadSnapshot) => boolean,
): Promise<UploadSnapshot> {
  return new Promise((resolve) => {
    const check = () => {
      const snapshot = upload.snapshot();
      if (!wanted(snapshot)) return;
      unsubscribe();
      resolve(snapshot);
    };
    const unsubscribe = upload.subscribe(check);
    check();
  });
}

/** mulberry32: a small deterministic generator. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
}
