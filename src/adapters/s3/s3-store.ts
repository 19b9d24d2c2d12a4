import type { ChunkStore, StoredObject, StoredUpload } from "../../core/ports/chunk-store.ts";
import type { DirectStore } from "../../core/ports/direct-store.ts";
import type { Logger } from "../../core/ports/system.ts";
import type { ByteRange } from "../../core/ranges.ts";
import type { Bucket } from "./bucket.ts";
import type { DirectAlgorithm } from "./checksums.ts";
import { createDirectStore } from "./direct.ts";
import { isMissing, storeFailure, unavailable } from "./failure.ts";
import { finishObject } from "./finish.ts";
import {
  keyOf,
  multipartName,
  pieceKey,
  piecesBelow,
  readMultipartName,
  recognise,
} from "./keys.ts";
import { Multiparts } from "./multipart.ts";
import { amazonLimits, BLOCK_BYTES, type PartLimits, planParts } from "./part-plan.ts";
import { readPieces } from "./pieces.ts";
import { readObject } from "./read-object.ts";
import type { RequestSigner } from "./request-signer.ts";
import { bodyToken, covers, endOf, freshState, packState, unpackState } from "./state.ts";
import { S3Writer } from "./writer.ts";

export interface S3StoreOptions {
  readonly bucket: Bucket;
  /** strftime pattern of the keys of finished files, in UTC: `chunked_uploads/%Y/%m/%d`. */
  readonly pathTemplate: string;
  /** Whether the service wants all parts but the last to have one size (Cloudflare R2). */
  readonly equalParts: boolean;
  /** Signs the URLs that downloads are redirected to. Left out: downloads go through the server. */
  readonly downloadSigner?: RequestSigner | null;
  readonly limits?: PartLimits;
  /** A random name that no other object has: 16 characters or more of `A-Za-z0-9_-`. */
  readonly newName: () => string;
  readonly log: Pick<Logger, "warn">;
  /** How clients send bytes to the bucket themselves; null where the service cannot verify them. */
  readonly direct?: { readonly signer: RequestSigner; readonly algorithm: DirectAlgorithm } | null;
}

/** A body that comes slowly is saved so often: each time costs a request. Milliseconds. */
const STAGE_MS = 10_000;
const PROBE_KEY = "probe";

/**
 * Uploads as objects of a bucket: each a multipart upload, with what is no whole part yet in small
 * objects ("pieces"). See docs/s3.md. Several processes may use one bucket.
 */
export function createS3Store(options: S3StoreOptions): ChunkStore {
  const { bucket, equalParts, limits = amazonLimits, newName, log } = options;
  const { downloadSigner } = options;
  const multiparts = new Multiparts(bucket);
  const finishing = new Map<string, Promise<void>>();
  keyOf(options.pathTemplate, { id: "", createdAt: new Date(0) });

  function directStore(direct: NonNullable<S3StoreOptions["direct"]>): DirectStore {
    const { pathTemplate } = options;
    const means = { ...direct, bucket, multiparts, limits, pathTemplate, newName };
    const { sign, arrived, ...rest } = createDirectStore(means);
    return {
      ...rest,
      sign: (upload, ask) => translated(sign(upload, ask)),
      arrived: (upload, confirmed) => translated(arrived(upload, confirmed)),
    };
  }

  /** Calls that meet share one run. */
  async function finishOnce(upload: StoredUpload): Promise<void> {
    const running = finishing.get(upload.id);
    if (running !== undefined) return await running;
    const run = finish(upload);
    finishing.set(upload.id, run);
    try {
      await run;
    } finally {
      finishing.delete(upload.id);
    }
  }

  async function finish(upload: StoredUpload): Promise<void> {
    await finishObject(bucket, upload);
    const { token, pieces } = unpackState(upload.storeState);
    if (pieces.length === 0) return;
    await removeBelow(piecesBelow(upload.id, token)).catch((err: unknown) =>
      log.warn({ err, uploadId: upload.id }, "could not remove the pieces of a finished upload"),
    );
  }

  async function removeBelow(prefix: string): Promise<void> {
    const keys: string[] = [];
    for await (const { key } of bucket.list(prefix)) keys.push(key);
    await bucket.deleteAll(keys);
  }

  async function remove(upload: StoredUpload): Promise<void> {
    const key = upload.storageKey;
    if (!upload.finished) {
      const { multipart } = unpackState(upload.storeState);
      if (multipart !== null) await bucket.multipart.abort({ key, id: multipart });
      for await (const other of bucket.multipart.list(key))
        if (other.key === key) await bucket.multipart.abort(other);
      await removeBelow(piecesBelow(upload.id));
    }
    await bucket.delete(key);
  }

  async function discard(upload: StoredUpload): Promise<void> {
    const { token, multipart } = unpackState(upload.storeState);
    const key = upload.storageKey;
    if (multipart !== null) await bucket.multipart.abort({ key, id: multipart });
    await removeBelow(piecesBelow(upload.id, token));
    const found = (await bucket.head(key))?.token;
    if (found === token || found === bodyToken(token)) await bucket.delete(key);
  }

  async function* read(upload: StoredUpload, range: ByteRange): AsyncGenerator<Uint8Array> {
    if (range.end <= range.start) return;
    const state = unpackState(upload.storeState);
    const isOpen = upload.state === "uploading" && !upload.finished;
    try {
      yield* readObject(bucket, upload.storageKey, range);
    } catch (error) {
      if (!isMissing(error)) throw storeFailure(error);
      if (!isOpen || !covers(state.pieces, range)) throw unavailable(error);
      yield* readPieces({ bucket, id: upload.id, state }, range);
    }
  }

  async function length(upload: StoredUpload): Promise<number> {
    const state = unpackState(upload.storeState);
    // A merged partial is finished before it is marked.
    const isObject = upload.state === "complete" || upload.state === "merged" || upload.finished;
    if (isObject || state.whole !== null) return (await bucket.head(upload.storageKey))?.bytes ?? 0;
    return endOf(state, upload.size);
  }

  async function* objects(): AsyncGenerator<StoredObject> {
    try {
      for await (const { key, bytes, modifiedAt } of bucket.list()) {
        const known = recognise(key);
        if (known !== null) yield { ...known, key, bytes, modifiedAt };
      }
      for await (const { key, id, initiatedAt } of bucket.multipart.list()) {
        const uploadId = recognise(key)?.uploadId ?? null;
        const name = multipartName({ key, id });
        yield { key: name, bytes: 0, modifiedAt: initiatedAt, uploadId, kind: "unfinished" };
      }
    } catch (error) {
      throw storeFailure(error);
    }
  }

  return {
    ...(options.direct ? { direct: directStore(options.direct) } : {}),
    capabilities: {
      minChunkBytes: 1,
      maxChunkBytes: limits.maxPartBytes,
      maxChunks: Number.MAX_SAFE_INTEGER,
      randomWrites: true,
      stage: { bytes: BLOCK_BYTES, ms: STAGE_MS },
      readsUnfinished: false,
    },
    place: (upload) => {
      const plan = planParts(upload.size, { limits, equalParts });
      const placed = {
        storageKey: keyOf(options.pathTemplate, upload),
        storeState: packState(freshState(newName(), plan)),
      };
      return upload.size === null ? placed : { ...placed, chunkBytes: plan.bytes };
    },
    open: async (upload, remember) => {
      const state = unpackState(upload.storeState);
      const means = { bucket, multiparts, limits, newName, log };
      const writer = new S3Writer(means, { upload, state, remember });
      return { writer, length: endOf(state, upload.size) };
    },
    length: (upload) => translated(length(upload)),
    read,
    ...(downloadSigner
      ? {
          link: ({ storageKey }, headers) =>
            translated(downloadSigner.downloadUrl(storageKey, headers)),
        }
      : {}),
    // A refused body leaves nothing that a record names; the search for orphans finds what it left.
    cutBeyond: async () => undefined,
    finish: (upload) => translated(finishOnce(upload)),
    discard: (upload) => translated(discard(upload)),
    remove: (upload) => translated(remove(upload)),
    objects,
    accountsFor: (upload, { key }) => {
      // What a crash left after the object was made, its pieces included.
      if (upload.finished) return false;
      const state = unpackState(upload.storeState);
      const multipart = readMultipartName(key);
      if (multipart !== null) return multipart.id === state.multipart;
      return state.pieces.some(
        (piece) => pieceKey({ id: upload.id, token: state.token }, piece) === key,
      );
    },
    removeObject: async (name) => {
      const multipart = readMultipartName(name);
      await translated(
        multipart === null ? bucket.delete(name) : bucket.multipart.abort(multipart),
      );
    },
    requireRoom: async () => undefined,
    makeRoom: (work) => work(),
    probe: () => translated(bucket.put(PROBE_KEY, new Uint8Array()).then(() => undefined)),
  };
}

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw storeFailure(error);
  }
}
