import { UploadError } from "../../core/errors.ts";
import { BytesLost } from "../../core/ports/bytes-lost.ts";
import type { Remember } from "../../core/ports/chunk-store.ts";
import type { JsonValue } from "../../core/upload.ts";
import type { Bucket } from "./bucket.ts";
import { errorName, statusOf, unavailable } from "./failure.ts";
import { packState, rangeOfPart, type S3State, unpackState, withoutMultipart } from "./state.ts";

/** UNAVAILABLE unless `state` is still the one that `token` names: a reset has replaced it otherwise. */
export function requireToken(state: S3State, token: string): S3State {
  if (state.token === token) return state;
  throw new UploadError("UNAVAILABLE", {
    message: "The store lost bytes of this upload; ask where to go on.",
    retryAfterMs: 1_000,
  });
}

/** Creates multipart uploads so that all writers of an upload use the same one. */
export class Multiparts {
  readonly #bucket: Bucket;
  /** Under way in this process, by token: parallel writers share one. */
  readonly #creating = new Map<string, Promise<string>>();

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /** The state with a multipart upload: the one of the record, or a new one that the record remembers. */
  async agree(key: string, state: S3State, remember: Remember): Promise<S3State> {
    if (state.multipart !== null) return state;
    const { token } = state;
    const known = this.#creating.get(token);
    const creating =
      known ?? this.#bucket.multipart.create(key, token, state.direct?.algorithm ?? null);
    this.#creating.set(token, creating);
    try {
      const id = await creating;
      const record = await remember((json) => {
        const newest = requireToken(unpackState(json), token);
        return newest.multipart === null ? packState({ ...newest, multipart: id }) : json;
      });
      const agreed = requireToken(unpackState(record.storeState), token);
      if (agreed.multipart !== id && known === undefined)
        await this.#bucket.multipart.abort({ key, id }).catch(() => undefined);
      return agreed;
    } finally {
      if (this.#creating.get(token) === creating) this.#creating.delete(token);
    }
  }
}

/** What to throw when the bucket does not know the multipart upload of `state` any longer. */
export function multipartLost(state: S3State, size: number, cause: unknown): BytesLost {
  const ranges = [...state.parts.keys()].map((number) => rangeOfPart(state, number, size));
  const merge = (json: JsonValue) => {
    const newest = unpackState(json);
    const isNamed = newest.multipart === state.multipart && newest.token === state.token;
    return isNamed ? packState(withoutMultipart(newest)) : null;
  };
  return new BytesLost({ ranges, merge }, cause);
}

/**
 * Whether a part failed because the bucket does not know its multipart upload. A service that refuses a
 * part may close the connection before it has read the part, so that its response is lost: the service
 * is asked again then.
 */
async function isMultipartGone(
  bucket: Bucket,
  target: { key: string; id: string },
  error: unknown,
): Promise<boolean> {
  if (errorName(error) === "NoSuchUpload") return true;
  if (statusOf(error) !== null) return false;
  try {
    for await (const _ of bucket.multipart.listParts(target)) break;
    return false;
  } catch (response) {
    return errorName(response) === "NoSuchUpload";
  }
}

/** The error to throw for a part that could not be uploaded: BytesLost if its multipart upload is gone. */
export async function partFailure(
  bucket: Bucket,
  { key, id, remember }: { key: string; id: string; remember: Remember },
  error: unknown,
): Promise<unknown> {
  if (!(await isMultipartGone(bucket, { key, id }, error))) return error;
  const record = await remember((json) => json);
  const newest = unpackState(record.storeState);
  if (newest.multipart !== id) return unavailable(error);
  return multipartLost(newest, record.size ?? Number.MAX_SAFE_INTEGER, error);
}
