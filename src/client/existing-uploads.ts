import type { UploadView } from "../wire/schemas.ts";
import type { Bytes } from "./bytes.ts";
import { type StoredView, storedView } from "./completed-view.ts";
import { profileOf, type UploadsApi } from "./control.ts";
import { readFailure, type UploadFailure } from "./failure.ts";
import { orAborted } from "./or-aborted.ts";
import { persist } from "./persist.ts";
import { Slots } from "./slots.ts";
import { pathOf, sizeOf, type UploadSource } from "./source.ts";
import { UploadState } from "./upload-state.ts";
import type { Engine } from "./upload-task.ts";

/** Files that one request asks about (wire contract, `uploads.existing`). */
const BATCH = 100;
/** Files that are read at the same time. */
const READ_AT_ONCE = 2;

type Matches = readonly UploadView[];
type Identity = Parameters<UploadsApi["existing"]["query"]>[0][number];

interface Asked {
  readonly file: Identity;
  readonly resolve: (matches: Matches) => void;
  readonly reject: (failure: UploadFailure) => void;
}

/** Finds own complete uploads of the same file. Files asked about at the same moment share a request. */
export class ExistingUploads {
  readonly #engine: Engine;
  readonly #readers = new Slots(READ_AT_ONCE);
  #asked: Asked[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * The newest complete upload with the name, size, path and profile of `source` whose checksum is
   * that of its content; null when there is none. Reads the file only when something matches.
   * Throws `UploadFailure`; ABORTED when `signal` aborts.
   */
  async find(
    source: UploadSource,
    profile: string | undefined,
    signal: AbortSignal,
  ): Promise<StoredView | null> {
    const size = sizeOf(source);
    if (size === null || source.content.kind !== "bytes") return null;
    const matches = await orAborted(
      this.#matches({ filename: source.filename, size, path: pathOf(source) }),
      signal,
    );
    const candidates = matches.filter((view) => view.profile === profileOf({ profile }));
    if (candidates.length === 0) return null;
    const release = await this.#readers.acquire(signal);
    try {
      return await this.#sameContent(source, candidates, signal);
    } finally {
      release();
    }
  }

  #matches(file: Identity): Promise<Matches> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ file, resolve, reject });
      if (this.#asked.length === 1) queueMicrotask(() => this.#askAll());
    });
  }

  #askAll(): void {
    const asked = this.#asked;
    this.#asked = [];
    for (let start = 0; start < asked.length; start += BATCH) {
      void this.#ask(asked.slice(start, start + BATCH));
    }
  }

  async #ask(asked: readonly Asked[]): Promise<void> {
    const { api, runtime } = this.#engine;
    const state = new UploadState({ filename: "", path: "", size: null }, runtime.clock);
    const never = new AbortController().signal;
    const query = () => unlessNobody(api.existing.query(asked.map(({ file }) => file)));
    try {
      const lists = await persist({ engine: this.#engine, state }, never, query);
      for (const [at, { resolve }] of asked.entries()) resolve(lists[at] ?? []);
    } catch (thrown) {
      for (const { reject } of asked) reject(readFailure(thrown));
    }
  }

  async #sameContent(
    { content }: UploadSource,
    candidates: Matches,
    signal: AbortSignal,
  ): Promise<StoredView | null> {
    if (content.kind !== "bytes") return null;
    const checksums = new Map<string, string>();
    for (const view of candidates) {
      const algorithm = view.checksumAlgorithm;
      const known = checksums.get(algorithm);
      const checksum = known ?? (await this.#digest(content.bytes, algorithm, signal));
      checksums.set(algorithm, checksum);
      if (checksum === view.checksum?.toLowerCase()) return storedView(view);
    }
    return null;
  }

  async #digest(bytes: Bytes, algorithm: string, signal: AbortSignal): Promise<string> {
    const session = this.#engine.runtime.digests.open(bytes, algorithm);
    try {
      return await session.upTo(bytes.size, { onRead: () => undefined, signal });
    } finally {
      session.close();
    }
  }
}

/** Without a sign-in there are no own uploads. */
async function unlessNobody(asked: Promise<readonly Matches[]>): Promise<readonly Matches[]> {
  try {
    return await asked;
  } catch (thrown) {
    if (readFailure(thrown).code !== "UNAUTHENTICATED") throw thrown;
    return [];
  }
}
