import { changeRecord } from "../change-record.ts";
import { finishBeforeMark, finishesEarly } from "../complete/finish-file.ts";
import type { CoreContext } from "../core.ts";
import { exclusively } from "../exclusive.ts";
import type { RunningDigest } from "../ports/digests.ts";
import { digestAdvanced, digestDropped } from "../transitions.ts";
import type { Upload } from "../upload.ts";

/** Bytes read back between two commits of the digest's state. */
const SAVE_EVERY = 64 * 2 ** 20;
/** How often another instance's reading is looked at, in ms. */
const LOOK_MS = 500;

/**
 * Brings the digest up to the prefix by reading back what went past it: parallel chunks that filled
 * a gap, or everything when the state was another build's. One reader an upload, in the background.
 */
export class CatchUp {
  readonly #core: CoreContext;
  /** By upload: what a run ended with, null for success. */
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #stop = new AbortController();

  constructor(core: CoreContext) {
    this.#core = core;
  }

  /** Starts reading back if the digest is behind and no run is active. */
  schedule(upload: Upload): void {
    if (this.#isCurrent(upload) || upload.state !== "uploading" || !this.#isReadable(upload))
      return;
    // The store verifies the bytes of a direct upload.
    if (upload.concat === "partial" || upload.origin === "direct") return;
    if (this.#running.has(upload.id) || this.#stop.signal.aborted) return;
    // Another body may still be moving its bytes in the store; its end starts the reader.
    if (finishesEarly(this.#core) && this.#core.writers.isWriting(upload.id)) return;
    const run = this.#run(upload.id)
      .then(() => null)
      .catch((error: unknown) => {
        this.#core.log.warn({ error, uploadId: upload.id }, "digest could not catch up");
        return error;
      })
      .finally(() => this.#running.delete(upload.id));
    this.#running.set(upload.id, run);
  }

  /**
   * Waits at most `ms` for the reader of this upload, if there is one. Returns why it failed; null
   * when it has not failed, or not yet.
   */
  async settled(uploadId: string, ms: number): Promise<unknown> {
    const run = this.#running.get(uploadId);
    if (run === undefined) return null;
    const ended = new AbortController();
    const late = this.#core.clock.sleep(ms, ended.signal).then(() => null);
    const failure = await Promise.race([run, late]);
    ended.abort();
    return failure;
  }

  /** Ends all reading; what was read is saved. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running.values());
  }

  #isCurrent(upload: Upload): boolean {
    return upload.digestOffset === upload.offset;
  }

  /** Where the store reads nothing unfinished, reading back waits until every byte is held. */
  #isReadable({ size, offset }: Upload): boolean {
    return this.#core.store.capabilities.readsUnfinished || size === offset;
  }

  async #run(uploadId: string): Promise<void> {
    for (;;) {
      const upload = await this.#behind(uploadId);
      if (upload === null) return;
      const turn = await exclusively(this.#core, { name: `digest ${uploadId}` }, (lost) =>
        this.#readAll(uploadId, lost),
      );
      // Another instance reads back: whether it gets to the end shows in the record.
      if (!turn.done) await this.#core.clock.sleep(LOOK_MS, this.#stop.signal);
    }
  }

  async #readAll(uploadId: string, lost: AbortSignal): Promise<void> {
    for (let isFirst = true; !lost.aborted; isFirst = false) {
      const upload = await this.#behind(uploadId);
      if (upload === null) return;
      if (isFirst) await finishBeforeMark(this.#core, upload);
      await this.#advance(upload);
    }
  }

  /** The upload, if its digest is still behind and can be brought up. */
  async #behind(uploadId: string): Promise<Upload | null> {
    if (this.#stop.signal.aborted) return null;
    const upload = await this.#core.uploads.find(uploadId);
    if (upload === null || upload.state !== "uploading" || this.#isCurrent(upload)) return null;
    return this.#isReadable(upload) ? upload : null;
  }

  async #advance(upload: Upload): Promise<void> {
    const { digests } = this.#core;
    const { checksumAlgorithm, digestState, digestOffset, offset } = upload;
    const outlook = { bytes: offset - digestOffset };
    const digest = digestState
      ? await digests.resume(checksumAlgorithm, digestState, outlook)
      : await digests.start(checksumAlgorithm, outlook);
    if (digest === null || digestOffset > offset) {
      digest?.release();
      // The bytes that it covers are missing or unreadable: the digest starts from the beginning.
      await this.#core.uploads.update(upload, digestDropped);
      return;
    }
    try {
      const to = Math.min(offset, digestOffset + SAVE_EVERY);
      await this.#readBack(upload, digest, { start: digestOffset, end: to });
    } finally {
      digest.release();
    }
  }

  async #readBack(
    upload: Upload,
    digest: RunningDigest,
    range: { start: number; end: number },
  ): Promise<void> {
    let at = range.start;
    for await (const bytes of this.#core.store.read(upload, range)) {
      await digest.update(bytes);
      at += bytes.length;
      if (this.#stop.signal.aborted) break;
    }
    const advance = { from: range.start, to: at, state: await digest.save() };
    await changeRecord(this.#core, upload, {
      decide: (record) => {
        const stale = record.digestOffset !== advance.from || record.offset < advance.to;
        return stale || record.state !== "uploading" ? null : digestAdvanced(record, advance);
      },
    });
  }
}
