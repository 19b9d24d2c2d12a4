import type { RandomFile } from "./random-file.ts";
import { TUS_TYPE, type TusCaller } from "./tus-client.ts";

/** The header of a partial. */
export const partialHeaders = { "upload-concat": "partial" };

/** A partial that is whole; answers its URL. */
export async function partial(tus: TusCaller, body: string | Uint8Array): Promise<string> {
  const length = String(Buffer.byteLength(body));
  const headers = { ...partialHeaders, "upload-length": length, "content-type": TUS_TYPE };
  return tus.create(headers, body);
}

/** The file as `count` partials, sent at once. */
export function partialsOf(tus: TusCaller, file: RandomFile, count: number): Promise<string[]> {
  const step = Math.ceil(file.size / count);
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      partial(tus, file.slice(index * step, Math.min((index + 1) * step, file.size))),
    ),
  );
}

/** Asks for a final of `urls`. */
export const join = (tus: TusCaller, urls: readonly string[], headers = {}) =>
  tus.ask("POST", tus.endpoint, {
    headers: { "upload-concat": `final;${urls.join(" ")}`, ...headers },
  });
