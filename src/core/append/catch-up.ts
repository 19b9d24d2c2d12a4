import { changeRecord } from "../change-record.ts";
import type { CoreContext } from "../core.ts";
import type { RunningDigest } from "../ports/digests.ts";
import { digestAdvanced, digestDropped } from "../transitions.ts";
import type { Upload } from "../upload.ts";

/** Bytes read back between two commits of the digest's state. */
const SAVE_EVERY = 64 * 2 ** 20;

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

  /** Starts reading back if the digest is behind and nobody does it yet. */
  kick(upload: Upload): void {
    if (this.#isCurrent(upload) || upload.state !== "uploading") return;
    if (upload.concat === "partial") return;
    if (this.#running.has(upload.id) || this.#stop.signal.aborted) return;
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

  async #run(uploadId: string): Promise<void> {
    for (;;) {
      const upload = await this.#core.uploads.find(uploadId);
      if (upload === null || upload.state !== "uploading" || this.#isCurrent(upload)) return;
      if (this.#stop.signal.aborted) return;
      await this.#advance(upload);
    }
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
      // What it covers is not held, or nobody can read it: only a new beginning helps.
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
