import { describe, expect, it } from "vitest";
import { type FailureCode, UploadFailure } from "../../../src/client/failure.ts";
import { canResume, isOver } from "../../../src/client/snapshot.ts";
import type { Upload } from "../../../src/client/upload.ts";
import { FakeBrowser, FakeTab, fileOf, readBlob, seededRandom } from "./fake-runtime.ts";
import { FakeServer } from "./fake-server.ts";

const temporaryCodes: readonly FailureCode[] = [
  "NETWORK",
  "BUSY",
  "UNAVAILABLE",
  "UNAUTHENTICATED",
  "OFFSET_MISMATCH",
  "RATE_LIMITED",
];
const turn = () => new Promise((next) => setImmediate(next));

/** Starts three uploads, one of them a stream, and pauses and resumes them while calls fail. */
async function startChaos(seed: number) {
  const random = seededRandom(seed);
  const upTo = (most: number) => Math.floor(random() * most);
  const server = new FakeServer();
  server.faults = () => {
    if (random() > 0.25) return null;
    const failure = new UploadFailure(temporaryCodes[upTo(temporaryCodes.length)] ?? "NETWORK");
    return { when: random() < 0.5 ? "before" : "after", failure, arrived: upTo(100) };
  };
  server.onPut = async () => {
    for (let turns = upTo(4); turns > 0; turns -= 1) await turn();
  };
  const tab = new FakeTab(server, new FakeBrowser(), { seed, maxFiles: 2 });
  const uploads = [0, 1, 2].map((at) => {
    const file = fileOf(upTo(900), seed + at, `${at}`);
    const source = at === 0 ? file.stream() : file;
    return { file, upload: tab.client.upload(source, { filename: file.name }) };
  });
  for (let step = 0; step < 50; step += 1) {
    const action = random();
    const upload = uploads[upTo(uploads.length)]?.upload;
    if (action < 0.3) upload?.pause();
    else if (action < 0.7) upload?.resume();
    else if (action < 0.75) tab.setOnline(random() < 0.5);
    for (let turns = upTo(6); turns > 0; turns -= 1) await turn();
  }
  server.faults = () => null;
  tab.setOnline(true);
  return { server, tab, uploads };
}

/** Resumes uploads until all have ended. */
async function resumeUntilOver(uploads: readonly { upload: Upload }[]): Promise<void> {
  for (let turns = 0; turns < 400; turns += 1) {
    for (const { upload } of uploads) if (canResume(upload.snapshot())) upload.resume();
    await turn();
    if (uploads.every(({ upload }) => isOver(upload.snapshot().phase))) return;
  }
}

describe("uploads with random pauses, resumes and temporary failures", () => {
  const seeds = Array.from({ length: 60 }, (_, at) => at + 1);

  it.each(seeds)("all complete in the end and release their slots (seed %i)", async (seed) => {
    const { server, tab, uploads } = await startChaos(seed);
    await resumeUntilOver(uploads);
    for (const { file, upload } of uploads) {
      const { phase, hold, view } = upload.snapshot();
      expect({ phase, hold }).toEqual({ phase: "done", hold: null });
      expect(server.uploads.get(view?.id ?? "")?.bytes).toEqual(await readBlob(file));
    }
    const others = [7, 8].map((size) => tab.client.upload(fileOf(size, size, `${size}`)).done);
    await Promise.all(others);
  });
});
