import { setTimeout as sleep } from "node:timers/promises";
import { bytes } from "./bytes.ts";
import { Unmet, want } from "./check.ts";
import type { Answer } from "./exchange.ts";
import type { HeaderFields, Target } from "./target.ts";

const TRIES = 40;
const PAUSE_MS = 250;

/** A finished partial upload of `length` bytes, those of a file from `from` on. */
export async function partial(
  target: Target,
  length: number,
  { from = 0, headers = {} }: { from?: number; headers?: HeaderFields } = {},
): Promise<string> {
  const fields = { "Upload-Length": String(length), "Upload-Concat": "partial", ...headers };
  const url = await target.create(fields);
  const answer = await target.patch(url, { offset: 0, body: bytes(length, from) });
  want(answer.status === 204, `filling a partial upload: ${answer.seen()}`);
  return url;
}

/** Asks for the concatenation of `urls`. */
export function concatenate(
  target: Target,
  urls: readonly string[],
  headers: HeaderFields = {},
): Promise<Answer> {
  return target.post({ "Upload-Concat": `final;${urls.join(" ")}`, ...headers });
}

/** The URL of a new final upload, once HEAD tells its offset: a server may take its time. */
export async function finished(target: Target, answer: Answer): Promise<string> {
  want(answer.status === 201, `concatenating: ${answer.seen()}`);
  const url = target.locate(answer);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const head = await target.head(url);
    if (head.header("upload-offset") !== undefined) return url;
    await sleep(PAUSE_MS);
  }
  throw new Unmet("the concatenation did not finish within 10 s");
}
