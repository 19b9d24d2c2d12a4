import type { UploadView } from "../wire/schemas.ts";
import type { Bytes } from "./bytes.ts";
import { type StoredView, storedView } from "./completed-view.ts";
import { profileOf, type UploadsApi } from "./control.ts";
import { readFailure, type UploadFailure } from "./failure.ts";
import { orAborted } from "./or-aborted.ts";
import { orIfUnauthenticated } from "./or-if-unauthenticated.ts";
import { retry } from "./retry.ts";
import { Slots } from "./slots.ts";
import { pathOf, sizeOf, type UploadSource } from "./source.ts";
import { UploadState } from "./upload-state.ts";
import type { Engine } from "./upload-task.ts";

/** Files in one request (wire contract, `uploads.existing`). */
const MAX_BATCH = 100;
/** Files read at the same time. */
const MAX_READS = 2;

type Matches = readonly UploadView[];
type Identity = Parameters<UploadsApi["existing"]["query"]>[0][number];

/** A call of `find` that waits for the response of the server. */
interface Lookup {
  readonly file: Identity;
  readonly resolve: (matches: Matches) => void;
  readonly reject: (failure: UploadFailure) => void;
}

/** Finds the user's complete uploads of the same file. Calls made at the same time share a request. */
export class ExistingUploads {
  readonly #engine: Engine;
  readonly #readers = new Slots(MAX_READS);
  #lookups: Lookup[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * Returns the newest complete upload with the name, size, path and profile of `source` whose checksum
   * equals that of its content; null when there is none. Reads the file only if the server returns a
   * candidate. Throws `UploadFailure`; ABORTED when `signal` aborts.
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
      this.#lookups.push({ file, resolve, reject });
      if (this.#lookups.length === 1) queueMicrotask(() => this.#requestAll());
    });
  }

  #requestAll(): void {
    const lookups = this.#lookups;
    this.#lookups = [];
    for (let start = 0; start < lookups.length; start += MAX_BATCH) {
      void this.#request(lookups.slice(start, start + MAX_BATCH));
    }
  }

  async #request(lookups: readonly Lookup[]): Promise<void> {
    const { api, runtime } = this.#engine;
    const state = new UploadState({ filename: "", path: "", size: null }, runtime.clock);
    const never = new AbortController().signal;
    const files = lookups.map(({ file }) => file);
    // A client that is not signed in has no uploads of its own.
    const query = () => orIfUnauthenticated<readonly Matches[]>(api.existing.query(files), []);
    try {
      const lists = await retry({ engine: this.#engine, state }, never, query);
      for (const [at, { resolve }] of lookups.entries()) resolve(lists[at] ?? []);
    } catch (thrown) {
      for (const { reject } of lookups) reject(readFailure(thrown));
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
