import { createUploadClient } from "../../src/client/node/index.ts";
import { Violation } from "./history.ts";
import type { Sending } from "./persist.ts";

/** The typed client: parallel chunks, some with digests. */
export async function sendTyped(sending: Sending): Promise<string> {
  const { file, chance, history } = sending;
  const client = createUploadClient({
    ...{ url: sending.origin, token: sending.token, resume: false, parallel: 3 },
    retry: { attempts: 90, baseMs: 200, maxMs: 3_000 },
    ...(chance.next() < 0.5 ? { chunkDigest: "sha-256" as const } : {}),
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      history.requests += 1;
      if (response.status >= 300) history.repeated(String(response.status));
      history.note(`control ${String(input).slice(sending.origin.length, 80)}: ${response.status}`);
      return response;
    },
  });
  let told = "";
  let lost = "";
  const upload = client.upload(file.slice(0, file.size), {
    filename: file.name,
    chunkSize: chance.int(1, 8) * 2 ** 20,
    onProgress: ({ phase, hold, acknowledged, setback, view }) => {
      const now = `${phase}${hold === null ? "" : ` (${hold})`}`;
      if (setback?.reason === "not-kept")
        lost = `${setback.bytes} bytes of ${acknowledged} not kept`;
      if (hold === "retrying" && now !== told) history.repeated("retrying");
      if (now !== told) history.note(`typed client ${view?.id ?? ""}: ${now} at ${acknowledged}`);
      told = now;
      if (sending.abandon && acknowledged >= file.size / 2) upload.pause();
    },
  });
  if (sending.abandon) {
    await Promise.race([upload.done, until(() => upload.snapshot().phase === "paused")]);
    return upload.snapshot().view?.id ?? "";
  }
  const { id, checksum } = await upload.done;
  if (lost !== "") throw new Violation(lost);
  if (checksum !== file.digest()) throw new Violation(`the checksum is ${checksum}`);
  return id;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50));
}
