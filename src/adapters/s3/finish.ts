import { BytesLost, isBytesLost } from "../../core/ports/bytes-lost.ts";
import type { StoredUpload } from "../../core/ports/chunk-store.ts";
import type { ByteRange } from "../../core/ranges.ts";
import type { JsonValue } from "../../core/upload.ts";
import { combineCrcs } from "../../digests/combine-crc.ts";
import type { Bucket } from "./bucket.ts";
import { checksumOf } from "./checked-parts.ts";
import { toBase64, toHex } from "./checksums.ts";
import type { Etags } from "./etags.ts";
import { errorName, isMissing, storeFailure, unavailable } from "./failure.ts";
import { multipartLost } from "./multipart.ts";
import type { CheckedObject } from "./multipart-requests.ts";
import { BLOCK_BYTES, type Part, partOf } from "./part-plan.ts";
import { joined, uploadFromPieces } from "./parts.ts";
import { covers, packState, rangeOfPart, type S3State, unpackState, withoutPart } from "./state.ts";

interface FinishJob {
  readonly bucket: Bucket;
  readonly upload: StoredUpload;
  readonly state: S3State;
  readonly size: number;
}

/**
 * Makes the object of an upload that holds all of its bytes; repeating it is no error. Throws
 * BytesLost when the bucket does not have what the state names, UNAVAILABLE when bytes are missing.
 */
export async function finishObject(bucket: Bucket, upload: StoredUpload): Promise<void> {
  const state = unpackState(upload.storeState);
  const size = upload.size ?? upload.offset;
  const job = { bucket, upload, state, size };
  if (size === 0) await bucket.put(upload.storageKey, new Uint8Array(), { token: state.token });
  else if (state.whole !== null) await requireWhole(job, state.whole);
  else await makeObject(job);
}

async function requireWhole({ bucket, upload, state, size }: FinishJob, etag: string) {
  const found = await bucket.head(upload.storageKey);
  if (found?.bytes === size && found.etag === etag) return;
  const merge = (json: JsonValue) => {
    const newest = unpackState(json);
    return newest.whole === etag && newest.token === state.token
      ? packState({ ...newest, whole: null })
      : null;
  };
  throw new BytesLost({ ranges: [{ start: 0, end: size }], merge });
}

async function makeObject(job: FinishJob): Promise<void> {
  requireCovered(job);
  try {
    await (isSmall(job) ? putJoined(job) : completeParts(job));
  } catch (error) {
    // A repetition: the response to the first attempt was lost. The bucket tells by the object.
    if (await isMade(job)) return await requireChecksum(job);
    throw await explain(job, error);
  }
  if (!(await isMade(job))) throw unavailable(`${job.upload.storageKey} is not what was completed`);
  await requireChecksum(job);
}

/** What the service must verify of a direct upload; null for one whose parts this server sent. */
function checkedObject({ state, size }: FinishJob): CheckedObject | null {
  const { direct, parts } = state;
  if (direct === null) return null;
  const { algorithm, sums } = direct;
  const checked = [...parts.keys()]
    .sort((a, b) => a - b)
    .map((number) => {
      const { start, end } = rangeOfPart(state, number, size);
      return { bytes: end - start, checksum: toHex(sums.get(number) ?? "") };
    });
  return { algorithm, sums, whole: toBase64(combineCrcs(algorithm, checked)) };
}

/** Removes an object whose bytes are not those of its parts, and throws BytesLost. */
async function requireChecksum(job: FinishJob): Promise<void> {
  const wanted = checkedObject(job);
  if (wanted === null) return;
  const { bucket, upload, state, size } = job;
  const found = await checksumOf(bucket, upload.storageKey, wanted.algorithm);
  if (found === wanted.whole) return;
  await bucket.delete(upload.storageKey);
  throw multipartLost(state, size, new Error(`the object's checksum is ${found}`));
}

function requireCovered({ upload, state, size }: FinishJob): void {
  const parts: ByteRange[] = [...state.parts.keys()].map((number) =>
    rangeOfPart(state, number, size),
  );
  if (!covers([...parts, ...state.pieces], { start: 0, end: size }))
    throw unavailable(`bytes of ${upload.storageKey} are missing`);
}

function isSmall({ state, size }: FinishJob): boolean {
  return state.multipart === null && size <= BLOCK_BYTES;
}

async function putJoined({ bucket, upload, state, size }: FinishJob): Promise<void> {
  const source = { bucket, id: upload.id, state };
  const bytes = await joined(source, { start: 0, end: size });
  await bucket.put(upload.storageKey, bytes, { token: state.token });
}

async function completeParts(job: FinishJob): Promise<void> {
  const { bucket, upload, state } = job;
  const key = upload.storageKey;
  const id = state.multipart ?? (await bucket.multipart.create(key, state.token));
  try {
    const etags = await allParts(job, id);
    await bucket.multipart.complete({ key, id }, etags, checkedObject(job));
  } catch (error) {
    // No record names one that was created here.
    if (state.multipart === null) await bucket.multipart.abort({ key, id }).catch(() => undefined);
    throw error;
  }
}

/** The recorded ETags, with those of the parts that are made of pieces now. */
async function allParts({ bucket, upload, state, size }: FinishJob, id: string): Promise<Etags> {
  const etags = new Map<number, string>();
  const source = { bucket, id: upload.id, state };
  const target = { key: upload.storageKey, id };
  for (let at = 0; at < size; ) {
    const part: Part = partOf(state.plan, at, size);
    const known = state.parts.get(part.number);
    etags.set(part.number, known ?? (await uploadFromPieces(bucket, source, { part, target })));
    at = part.end;
  }
  return etags;
}

/** Whether the object is the one of this state: only `finishObject` gives an object its token. */
async function isMade({ bucket, upload, state, size }: FinishJob): Promise<boolean> {
  const found = await bucket.head(upload.storageKey);
  return found !== null && found.bytes === size && found.token === state.token;
}

async function explain(job: FinishJob, error: unknown): Promise<unknown> {
  if (isBytesLost(error)) return error;
  if (isMissing(error) && job.state.multipart !== null)
    return multipartLost(job.state, job.size, error);
  if (errorName(error) === "InvalidPart") return partsLost(job, error);
  return storeFailure(error);
}

/** A recorded part is lost when the bucket has none of this number, or another one. */
async function partsLost({ bucket, upload, state, size }: FinishJob, cause: unknown) {
  const there = new Map<number, string>();
  const target = { key: upload.storageKey, id: state.multipart ?? "" };
  for await (const { number, etag } of bucket.multipart.listParts(target)) there.set(number, etag);
  const lost = [...state.parts].filter(([number, etag]) => there.get(number) !== etag);
  if (lost.length === 0) return storeFailure(cause);
  const ranges = lost.map(([number]) => rangeOfPart(state, number, size));
  const merge = (json: JsonValue) => {
    const newest = unpackState(json);
    const isSame = newest.token === state.token && newest.multipart === state.multipart;
    if (!isSame || lost.some(([number, etag]) => newest.parts.get(number) !== etag)) return null;
    return packState(lost.reduce((rest, [number]) => withoutPart(rest, number), newest));
  };
  return new BytesLost({ ranges, merge }, cause);
}
