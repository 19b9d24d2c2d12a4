import { describe, expect, it } from "vitest";
import { startFaultProxy } from "../../support/fault-proxy.ts";
import { freePort } from "../../support/free-port.ts";
import { chance, type RandomFile, randomFile, runSeed } from "../../support/random-file.ts";
import { openTusService } from "../../support/tus-service.ts";
import { prepareTus, type TusOptions } from "../../support/tus-upload.ts";

const KIB = 2 ** 10;

/** The full form: TUS_FAULT_UPLOADS=200. */
const uploads = Number(process.env.TUS_FAULT_UPLOADS ?? 18);
const seed = runSeed();
const odds = { cut: 0.06, reset: 0.06, stall: 0.02, refuse: 0.06, duplicate: 0.04 };

/** So many times in a row may nothing at all succeed. */
const retryDelays = Array.from({ length: 40 }, () => 50);

interface Case {
  readonly file: RandomFile;
  readonly options: TusOptions;
}

const ways: readonly TusOptions[] = [
  {},
  { chunkSize: 96 * KIB },
  // The client does not repeat the request for the final upload by itself.
  { chunkSize: 96 * KIB, parallelUploads: 3, again: 10 },
  { chunkSize: 96 * KIB, uploadDataDuringCreation: true },
  // From memory: a HEAD answered 5xx makes the client begin again, and a stream has no beginning left.
  { chunkSize: 96 * KIB, uploadLengthDeferred: true },
  { chunkSize: 96 * KIB, overridePatchMethod: true },
];

function cases(): readonly Case[] {
  const luck = chance(seed);
  return Array.from({ length: uploads }, (_, at) => ({
    file: randomFile(luck.int(1, 1_500 * KIB), seed + at),
    options: ways[at % ways.length] ?? {},
  }));
}

describe("tus-js-client over a line that cuts, resets, stalls, refuses and repeats", () => {
  it("loses no upload and no byte", { timeout: 600_000 }, async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    // Upload URLs have to lead over the line too.
    await using service = await openTusService({ env: { PUBLIC_URL: url } });
    const target = service.app.url;
    await using proxy = await startFaultProxy({ target, port, seed, odds, stallMs: 2_000 });
    const { headers } = service;
    const queue = [...cases().entries()];

    async function worker(): Promise<void> {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [at, { file, options }] = next;
        const shown = `seed ${seed}, upload ${at} of ${file.size} bytes ${JSON.stringify(options)}`;
        const to = { endpoint: `${url}/api/tus`, headers, retryDelays, onShouldRetry };
        const run = prepareTus(file.slice(0, file.size), { ...to, ...options });
        run.upload.start();
        const found = await run.done.catch((error: Error) => {
          throw new Error(shown, { cause: error });
        });
        expect(await service.stored(found), shown).toBe(file.digest("sha256"));
      }
    }
    await Promise.all([worker(), worker(), worker()]);
    const met = Object.values(proxy.tally.faults).reduce((sum, count) => sum + count, 0);
    expect(met, "faults were met").toBeGreaterThan(uploads);
  });
});

/** As the client's default, but a 429 (the proxy's) is tried again too. */
function onShouldRetry(error: { originalResponse: { getStatus(): number } | null }): boolean {
  const status = error.originalResponse?.getStatus() ?? 0;
  return status < 400 || status >= 500 || [409, 423, 429].includes(status);
}
