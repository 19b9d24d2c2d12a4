import { reachUpload } from "../access.ts";
import { cutLostRanges } from "../append/lost-bytes.ts";
import { changeRecord, requireOpen } from "../change-record.ts";
import type { CoreContext } from "../core.ts";
import { UploadError } from "../errors.ts";
import { isBytesLost } from "../ports/bytes-lost.ts";
import type { DirectPart, DirectStore, SignedPart } from "../ports/direct-store.ts";
import type { Principal } from "../principal.ts";
import type { ByteRange } from "../ranges.ts";
import type { PartsReply, PartsRequest } from "../requests.ts";
import { MAX_INTERVALS } from "../settings.ts";
import { bytesHeld } from "../transitions.ts";
import { type Upload, uploadStatus } from "../upload.ts";

/**
 * Counts the parts that a client has sent to the store, and signs the requests for those that it sends
 * next. Without `sign` and `confirmed` the store is asked for all parts: a client that resumes needs
 * no ETags. NOT_FOUND, EXPIRED, ALREADY_COMPLETE; INVALID_INPUT for parts that the upload does not
 * have; BUSY while too many separate ranges are held.
 */
export async function exchangeParts(
  core: CoreContext,
  principal: Principal,
  request: PartsRequest,
): Promise<PartsReply> {
  const { id, sign = [], confirmed = [] } = request;
  let upload = await reachUpload(core, principal, { id, action: "append" });
  if (uploadStatus(upload, core.clock.now()) === "expired") throw new UploadError("EXPIRED");
  requireOpen(upload);
  const direct = directStoreOf(core, upload);
  for (const part of sign) requirePart(upload, part, direct);
  for (const { number } of confirmed) rangeOfPart(upload, number);
  const asksForAll = sign.length === 0 && confirmed.length === 0;
  if (asksForAll || confirmed.length > 0)
    upload = await countArrived(core, { upload, direct, confirmed: asksForAll ? null : confirmed });
  const urls = await signMissing(core, { upload, direct, sign });
  const named = new Set([...sign, ...confirmed].map(({ number }) => number));
  const counted = direct.counted(upload);
  return {
    urls,
    received: asksForAll ? counted : counted.filter((part) => named.has(part.number)),
  };
}

/** The store of a direct upload. INVALID_INPUT for an upload whose bytes go through the server. */
export function directStoreOf({ store }: Pick<CoreContext, "store">, upload: Upload): DirectStore {
  if (upload.origin !== "direct")
    throw new UploadError("INVALID_INPUT", {
      message: "This is not a direct upload: send its bytes to the server.",
      details: { field: "id" },
    });
  if (store.direct !== undefined) return store.direct;
  throw new UploadError("UNAVAILABLE", {
    message: "The store of this server takes no bytes directly from clients any longer.",
    retryAfterMs: 60_000,
  });
}

interface Arriving {
  readonly upload: Upload;
  readonly direct: DirectStore;
  readonly confirmed: PartsRequest["confirmed"] | null;
}

async function countArrived(core: CoreContext, { upload, direct, confirmed }: Arriving) {
  const arrived = await direct.arrived(upload, confirmed ?? null).catch((error: unknown) => {
    if (isBytesLost(error)) return error;
    throw error;
  });
  if (isBytesLost(arrived)) return cutLostRanges(core, upload, arrived);
  if (arrived.parts.length === 0) return upload;
  const ranges = arrived.parts.map(({ number }) => rangeOfPart(upload, number));
  const time = { now: core.clock.now(), settings: core.settings };
  const counted = await changeRecord(core, upload, {
    decide: (record) => {
      requireOpen(record);
      const storeState = arrived.merge(record.storeState);
      return { ...bytesHeld(record, { ranges }, time), storeState };
    },
  });
  core.events.emit({ type: "progress", upload: counted });
  return counted;
}

async function signMissing(
  core: CoreContext,
  ask: { upload: Upload; direct: DirectStore; sign: readonly DirectPart[] },
): Promise<readonly SignedPart[]> {
  const { upload, direct, sign } = ask;
  const held = new Set(direct.counted(upload).map(({ number }) => number));
  const parts = sign.filter(({ number }) => !held.has(number));
  if (parts.length === 0) return [];
  if (upload.beyond.length >= MAX_INTERVALS && !parts.some((part) => isNext(upload, part)))
    throw new UploadError("BUSY", {
      message: "Too many separate ranges are held; send the missing ones first.",
      retryAfterMs: 1_000,
    });
  return direct.sign(upload, {
    parts,
    remember: (merge) =>
      changeRecord(core, upload, {
        decide: (record) => {
          requireOpen(record);
          const storeState = merge(record.storeState);
          return storeState === record.storeState ? null : { storeState };
        },
      }),
  });
}

function isNext(upload: Upload, { number }: DirectPart): boolean {
  return rangeOfPart(upload, number).start === upload.offset;
}

function requirePart(
  upload: Upload,
  { number, size, checksum }: DirectPart,
  { checksumDigits }: DirectStore,
): void {
  const { start, end } = rangeOfPart(upload, number);
  if (size !== end - start)
    throw invalid(`Part ${number} has ${end - start} bytes, not ${size}.`, "sign");
  if (checksum.length !== checksumDigits || !/^[0-9a-f]+$/.test(checksum))
    throw invalid(`A checksum has ${checksumDigits} digits of lower-case hex.`, "sign");
}

/** The bytes of part `number`. INVALID_INPUT when the upload has no such part. */
function rangeOfPart({ chunkSize, size }: Upload, number: number): ByteRange {
  const total = size ?? 0;
  const start = (number - 1) * chunkSize;
  if (number < 1 || start >= total)
    throw invalid(`The upload has ${Math.ceil(total / chunkSize)} parts, and no part ${number}.`);
  return { start, end: Math.min(start + chunkSize, total) };
}

function invalid(message: string, field = "number"): UploadError {
  return new UploadError("INVALID_INPUT", { message, details: { field } });
}
