import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { AppRouter } from "../../../src/client/index.ts";
import { createUploadClient, type UploadSource } from "../../../src/client/node/index.ts";
import { type BootedApp, bootApp } from "../../support/boot-app.ts";
import { type FaultProxy, startFaultProxy } from "../../support/fault-proxy.ts";
import { writeRandomFile } from "../../support/file-on-disk.ts";
import {
  type Chance,
  chance,
  type RandomFile,
  randomFile,
  runSeed,
} from "../../support/random-file.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const MIB = 2 ** 20;
const KIB = 2 ** 10;

/** The full form: FAULT_UPLOADS=200 FAULT_MIN_MIB=1 FAULT_MAX_MIB=64. */
const uploads = Number(process.env.FAULT_UPLOADS ?? 25);
const least = Number(process.env.FAULT_MIN_MIB ?? 1 / 16) * MIB;
const most = Number(process.env.FAULT_MAX_MIB ?? 8) * MIB;
const seed = runSeed();

/** About one request in four or five fails. */
const odds = { cut: 0.06, reset: 0.06, stall: 0.02, refuse: 0.06, duplicate: 0.04 };

interface Case {
  readonly file: RandomFile;
  readonly chunkSize: number;
  readonly source: "path" | "bytes" | "stream";
}

function caseOf(at: number, luck: Chance): Case {
  // As many small files as large ones.
  const size = Math.floor(least * (most / least) ** luck.next());
  const pieces = luck.int(3, 24);
  const chunkSize = Math.max(64 * KIB, Math.ceil(size / pieces / KIB) * KIB);
  const source = (["path", "path", "bytes", "stream"] as const)[at % 4] ?? "path";
  return { file: randomFile(size, seed + at), chunkSize, source };
}

describe("a line that cuts, resets, stalls, refuses and repeats", () => {
  it("loses no upload and no byte", { timeout: 900_000 }, async () => {
    await using directory = await tempDirectory();
    await using app = await bootApp();
    await using proxy = await startFaultProxy({ target: app.url, seed, odds, stallMs: 3_000 });
    const token = await app.token();
    const client = createUploadClient<AppRouter>({
      url: proxy.url,
      token,
      resume: false,
      retry: { baseMs: 50, maxMs: 2_000 },
      stallMs: 1_500,
    });
    const luck = chance(seed);
    const cases = Array.from({ length: uploads }, (_, at) => caseOf(at, luck));
    const began = performance.now();
    let next = 0;

    async function worker(): Promise<void> {
      for (let at = next; at < cases.length; at = next) {
        next += 1;
        const each = cases[at];
        if (each === undefined) return;
        const { file, chunkSize } = each;
        const path = `${directory.path}/${file.name}`;
        if (each.source !== "bytes") await writeRandomFile(file, path);
        const source = sourceOf(each, path);
        const upload = client.upload(source, { filename: file.name, chunkSize });
        const view = await upload.done;
        const shown = `seed ${seed}, upload ${at} of ${file.size} bytes by ${each.source}`;
        expect({ size: view.size, checksum: view.checksum }, shown).toEqual({
          size: file.size,
          checksum: file.digest(),
        });
        expect(await storedDigest(app, token, view.id), shown).toBe(file.digest());
        await app.client(token).uploads.delete.mutate({ id: view.id });
        await rm(path, { force: true });
      }
    }
    await Promise.all([worker(), worker(), worker()]);

    const bytes = cases.reduce((sum, { file }) => sum + file.size, 0);
    report(proxy, { bytes, seconds: (performance.now() - began) / 1_000 });
    const met = Object.values(proxy.tally.faults).reduce((sum, count) => sum + count, 0);
    expect(met, "faults were met").toBeGreaterThan(uploads);
  });
});

function sourceOf({ file, source }: Case, path: string): UploadSource {
  if (source === "bytes") return file.slice(0, file.size);
  return source === "path" ? path : createReadStream(path);
}

/** MD5 of the downloaded file, without the proxy. */
async function storedDigest({ url }: BootedApp, token: string, id: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/api/uploads/${id}/file`, { headers });
  const hash = createHash("md5");
  for await (const piece of answer.body ?? []) hash.update(piece);
  return hash.digest("hex");
}

function report(
  { tally }: FaultProxy,
  { bytes, seconds }: { bytes: number; seconds: number },
): void {
  const mib = (count: number) => `${(count / MIB).toFixed(1)} MiB`;
  const beyond = tally.received - bytes;
  const faults = Object.entries(tally.faults).map(([kind, count]) => `${count} ${kind}`);
  const line = [
    `faults: seed ${seed}, ${uploads} uploads, ${mib(bytes)} in ${seconds.toFixed(1)} s`,
    `${tally.requests} requests (${faults.join(", ")})`,
    `sent beyond the files' own: ${mib(beyond)} (${((100 * beyond) / bytes).toFixed(1)} %)`,
    `passed on by the proxy: ${mib(tally.passedOn)}`,
  ];
  process.stdout.write(`${line.join("; ")}\n`);
}
