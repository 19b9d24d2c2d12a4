import { setImmediate as turn } from "node:timers/promises";
import type { StoredUpload } from "../../core/ports/chunk-store.ts";
import type {
  ConfirmedPart,
  DirectPart,
  DirectStore,
  SignedPart,
} from "../../core/ports/direct-store.ts";
import { combineCrcs, hexDigits } from "../../digests/combine-crc.ts";
import type { Bucket } from "./bucket.ts";
import { listCheckedParts } from "./checked-parts.ts";
import { checksumHeader, type DirectAlgorithm, toBase64, toHex } from "./checksums.ts";
import { shortEtag } from "./etags.ts";
import { unavailable, unlessMissing } from "./failure.ts";
import { keyOf } from "./keys.ts";
import { type Multiparts, multipartLost, requireToken } from "./multipart.ts";
import { type PartLimits, planParts } from "./part-plan.ts";
import { type RequestSigner, SIGNED_MS } from "./request-signer.ts";
import {
  type DirectState,
  freshState,
  packState,
  rangeOfPart,
  type S3State,
  unpackState,
} from "./state.ts";

export interface DirectMeans {
  readonly bucket: Bucket;
  readonly signer: RequestSigner;
  readonly algorithm: DirectAlgorithm;
  readonly multiparts: Multiparts;
  readonly limits: PartLimits;
  readonly pathTemplate: string;
  readonly newName: () => string;
}

/** To sign a request takes about 0.5 ms. After so many, other requests get their turn. */
const SIGNED_PER_TURN = 20;

interface DirectS3State extends S3State {
  readonly direct: DirectState;
}

/** Direct uploads: the multipart upload of each names the checksum that the service verifies. */
export function createDirectStore(means: DirectMeans): DirectStore {
  const { bucket, signer, algorithm, multiparts, limits, pathTemplate, newName } = means;

  const sign: DirectStore["sign"] = async (upload, { parts, remember }) => {
    const key = upload.storageKey;
    const { token, multipart } = await multiparts.agree(key, stateOf(upload), remember);
    const id = multipart ?? "";
    const sums = parts.map(({ number, checksum }) => [number, toBase64(checksum)] as const);
    const record = await remember((json) => {
      const newest = requireToken(unpackState(json), token);
      if (newest.direct === null) throw unavailable("the upload is not direct any longer");
      // What counts keeps its checksum.
      const fresh = sums.filter(([number]) => !newest.parts.has(number));
      const merged = new Map([...newest.direct.sums, ...fresh]);
      return packState({ ...newest, direct: { ...newest.direct, sums: merged } });
    });
    const { direct } = stateOf(record);
    const expiresAt = new Date(Date.now() + SIGNED_MS);
    const signed: SignedPart[] = [];
    for (const { number, size, checksum } of parts) {
      const sum = toBase64(checksum);
      const part = { key, id, number, bytes: size, algorithm: direct.algorithm, sum };
      const headers = { [checksumHeader(direct.algorithm)]: sum };
      signed.push({ number, url: await signer.partUrl(part), headers, expiresAt });
      if (signed.length % SIGNED_PER_TURN === 0) await turn();
    }
    return signed;
  };

  const arrived: DirectStore["arrived"] = async (upload, confirmed) => {
    const state = stateOf(upload);
    const { multipart, token } = state;
    const found = multipart === null ? [] : await partsThere(bucket, upload, { state, confirmed });
    return {
      parts: found.map(({ number }) => partOf(state, number, upload)),
      merge: (json) => {
        const newest = requireToken(unpackState(json), token);
        if (newest.multipart !== multipart) throw unavailable("the multipart upload was replaced");
        const { sums } = stateOf({ storeState: json }).direct;
        if (found.some(({ number }) => sums.get(number) !== state.direct.sums.get(number)))
          throw unavailable("a part was signed again with another checksum");
        const parts = new Map([
          ...newest.parts,
          ...found.map(({ number, etag }) => [number, etag] as const),
        ]);
        return packState({ ...newest, parts });
      },
    };
  };

  return {
    checksumAlgorithm: algorithm,
    checksumDigits: hexDigits(algorithm),
    place: (upload) => {
      const plan = planParts(upload.size, { limits, equalParts: true });
      const storeState = packState(freshState(newName(), plan, algorithm));
      return { storageKey: keyOf(pathTemplate, upload), storeState, chunkBytes: plan.bytes };
    },
    sign,
    arrived,
    counted: (upload) => countedParts(upload),
    prefixChecksum: (upload) => prefixChecksum(upload),
  };
}

interface FoundPart {
  readonly number: number;
  readonly etag: string;
}

/** The parts of the bucket, with the checksum that was signed, that do not count yet. */
async function partsThere(
  bucket: Bucket,
  upload: StoredUpload,
  ask: { state: DirectS3State; confirmed: readonly ConfirmedPart[] | null },
): Promise<FoundPart[]> {
  const { state, confirmed } = ask;
  const { algorithm, sums } = state.direct;
  const etags =
    confirmed && new Map(confirmed.map(({ number, etag }) => [number, shortEtag(etag)] as const));
  const numbers = [...(etags ?? sums).keys()].filter((number) => !state.parts.has(number));
  if (numbers.length === 0) return [];
  const range = { first: Math.min(...numbers), last: Math.max(...numbers) };
  const wanted = new Set(numbers);
  const found: FoundPart[] = [];
  const at = { key: upload.storageKey, id: state.multipart ?? "", algorithm, ...range };
  const listed = await unlessMissing(listCheckedParts(bucket, at));
  if (listed === null)
    throw multipartLost(state, upload.size ?? 0, new Error("the multipart upload is gone"));
  for (const { number, etag, bytes, sum } of listed) {
    if (!wanted.has(number) || sum === null || sum !== sums.get(number)) continue;
    if (etags !== null && etags.get(number) !== etag) continue;
    const part = partOf(state, number, upload);
    if (part.size === bytes) found.push({ number, etag });
  }
  return found;
}

function partOf(state: DirectS3State, number: number, { size }: StoredUpload): DirectPart {
  const { start, end } = rangeOfPart(state, number, size ?? 0);
  return { number, size: end - start, checksum: toHex(state.direct.sums.get(number) ?? "") };
}

function countedParts(upload: StoredUpload): DirectPart[] {
  const state = stateOf(upload);
  return [...state.parts.keys()].sort((a, b) => a - b).map((n) => partOf(state, n, upload));
}

function prefixChecksum(upload: StoredUpload): string {
  const parts = countedParts(upload).filter(({ number }, index) => number === index + 1);
  const checked = parts.map(({ size: bytes, checksum }) => ({ bytes, checksum }));
  return combineCrcs(stateOf(upload).direct.algorithm, checked);
}

function stateOf({ storeState }: Pick<StoredUpload, "storeState">): DirectS3State {
  const state = unpackState(storeState);
  const { direct } = state;
  if (direct !== null) return { ...state, direct };
  throw unavailable("the record's storeState is not of a direct upload");
}
