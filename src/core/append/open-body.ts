import type { CoreContext } from "../core.ts";
import type { FreeClaim } from "../ports/claims.ts";
import type { Opened, OpeningAsk } from "../ports/openings.ts";
import type { ByteRange } from "../ranges.ts";
import type { BodyOpening, ChunkPosition } from "../requests.ts";
import { LEASE_MS } from "../settings.ts";
import type { Upload } from "../upload.ts";
import { releaseClaim } from "./hold-claim.ts";
import type { WriterSlot } from "./writers.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What authentication can open for a body; null if the database cannot do this in one statement. */
export function openBody(
  core: CoreContext,
  { id, position }: { id: string; position: ChunkPosition | null },
): BodyOpening | null {
  const uploadId = id.toLowerCase();
  if (core.uploads.guardsInOne !== true || !uuid.test(uploadId)) return null;
  const { start = 0, end = null } = position ?? {};
  const range = end !== null && end > start ? { start, end } : null;
  return new OpenedBody(core, { uploadId, range });
}

/**
 * The record and the claim of a body that is not being read yet. Any writer of this process or of another
 * instance may take the claim: it is released then, and the body claims the range again.
 */
class OpenedBody implements BodyOpening {
  readonly uploadId: string;
  readonly claim: OpeningAsk["claim"];
  readonly #core: CoreContext;
  readonly #range: ByteRange | null;
  readonly #unwatch: () => void;
  #upload: Upload | null = null;
  #free: FreeClaim | null = null;
  #slot: WriterSlot | null = null;
  #openedAt = 0;
  /** Whether a writer of this process may have changed the range since the record was read. */
  #isChanged = false;
  #released: Promise<void> = Promise.resolve();

  constructor(core: CoreContext, ask: { uploadId: string; range: ByteRange | null }) {
    const { uploadId, range } = ask;
    this.#core = core;
    this.#range = range;
    this.uploadId = uploadId;
    this.claim = core.claims === null || range === null ? null : { range, leaseMs: LEASE_MS };
    this.#unwatch =
      range === null
        ? () => undefined
        : core.writers.watch(uploadId, range, () => {
            this.#isChanged = true;
          });
  }

  get upload(): Upload | null {
    return this.#upload;
  }

  opened({ upload, claim }: Opened): void {
    this.#openedAt = this.#core.clock.now().getTime();
    this.#upload = upload;
    if (claim === null || upload === null) return;
    this.#free = { ...claim, upload };
    const slot = this.#core.writers.reserve(this.uploadId, claim.claim.range);
    if (slot === null) {
      this.#release();
      return;
    }
    slot.epoch = claim.claim.epoch;
    slot.signal.addEventListener("abort", () => this.#release(), { once: true });
    this.#slot = slot;
  }

  take(range: ByteRange): FreeClaim | null {
    const free = this.#free;
    // The lease has not been renewed since.
    const isLate = this.#core.clock.now().getTime() - this.#openedAt > LEASE_MS / 2;
    const isSame = this.#range?.start === range.start && this.#range.end === range.end;
    if (free === null || isLate || !isSame) return null;
    this.#free = null;
    this.#leave();
    return free;
  }

  current({ hasOvertaken }: { hasOvertaken: boolean }): Upload | null {
    const isKnown = this.#core.claims === null && this.#range !== null;
    return isKnown && !this.#isChanged && !hasOvertaken ? this.#upload : null;
  }

  async end(): Promise<void> {
    this.#unwatch();
    this.#release();
    await this.#released;
  }

  #release(): void {
    const free = this.#free;
    if (free === null) return;
    this.#free = null;
    this.#released = releaseClaim(this.#core, free.claim).then(() => this.#leave());
  }

  #leave(): void {
    if (this.#slot !== null) this.#core.writers.release(this.uploadId, this.#slot);
    this.#slot = null;
  }
}
