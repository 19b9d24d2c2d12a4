import { describe, expect, it } from "vitest";
import type { UploadPhase, UploadSnapshot } from "../../../src/client/snapshot.ts";
import { timerClock } from "../../../src/client/timer-clock.ts";
import type { Upload } from "../../../src/client/upload.ts";
import type { UploadClient } from "../../../src/client/upload-client.ts";
import { UploadQueue } from "../../../src/client/upload-queue.ts";
import { UploadState } from "../../../src/client/upload-state.ts";

const COUNT = 10_000;

/** Uploads whose state the test sets, and the number of calls of `snapshot`. */
class StubUploads implements Pick<UploadClient<string>, "upload" | "fingerprint"> {
  readonly all: { name: string; set: (phase: UploadPhase, sent: number) => void }[] = [];
  looks = 0;

  readonly fingerprint = (name: string) => name;

  upload(name: string): Upload {
    const listeners = new Set<() => void>();
    let phase: UploadPhase = "waiting";
    let sent = 0;
    this.all.push({
      name,
      set: (nextPhase, nextSent) => {
        phase = nextPhase;
        sent = nextSent;
        for (const listener of listeners) listener();
      },
    });
    return {
      fingerprint: name,
      snapshot: () => {
        this.looks += 1;
        return snapshotOf(name, phase, sent);
      },
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      pause: () => undefined,
      resume: () => undefined,
      abort: async () => undefined,
      done: new Promise(() => undefined),
    };
  }
}

const { snapshot: fresh } = new UploadState({ filename: "", path: "", size: 10 }, timerClock);

function snapshotOf(filename: string, phase: UploadPhase, sent: number): UploadSnapshot {
  const speed = phase === "uploading" ? 100 : null;
  return { ...fresh, filename, path: filename, phase, sent, acknowledged: sent, speed };
}

/** A manual timer: `run` runs what is due. */
function manualLater() {
  const due: { ms: number; work: () => void }[] = [];
  return {
    later: (ms: number, work: () => void) => void due.push({ ms, work }),
    run: () => {
      for (const { work } of due.splice(0)) work();
    },
    due,
  };
}

const files = Array.from({ length: COUNT }, (_, index) => ({ file: `${index}.txt` }));

async function filled(stubs: StubUploads, clock: ReturnType<typeof manualLater>) {
  const queue = new UploadQueue<string>(stubs, clock.later, () => 0);
  const added = queue.add(files);
  const slices = [queue.snapshot.items.length];
  while (queue.snapshot.items.length < COUNT) {
    await Promise.resolve();
    clock.run();
    await Promise.resolve();
    const length = queue.snapshot.items.length;
    if (length !== slices.at(-1)) slices.push(length);
  }
  await added;
  return { queue, slices };
}

describe("ten thousand files in the queue", () => {
  it("are added in slices, in order", async () => {
    const { queue, slices } = await filled(new StubUploads(), manualLater());
    const steps = slices.map((length, index) => length - (slices[index - 1] ?? 0));
    expect(Math.max(...steps)).toBeLessThanOrEqual(250);
    expect(queue.snapshot.items.map(({ upload }) => upload.fingerprint)).toEqual(
      files.map(({ file }) => file),
    );
    expect(queue.snapshot.totals).toMatchObject({ files: COUNT, pending: COUNT, size: 10 * COUNT });
  });

  it("cost one snapshot per change and few notifications", async () => {
    const stubs = new StubUploads();
    const clock = manualLater();
    const { queue } = await filled(stubs, clock);
    clock.run();
    let told = 0;
    queue.subscribe(() => {
      told += 1;
    });
    stubs.looks = 0;
    let changes = 0;
    for (const [index, { set }] of stubs.all.entries()) {
      set("uploading", 5);
      set("done", 10);
      changes += 2;
      // Hundreds of small files complete between two notifications.
      if (index % 100 === 99) clock.run();
    }
    clock.run();
    expect(stubs.looks).toBe(changes);
    expect(told).toBe(COUNT / 100);
    expect(queue.snapshot.totals).toEqual({
      files: COUNT,
      done: COUNT,
      failed: 0,
      paused: 0,
      pending: 0,
      stalled: 0,
      size: 10 * COUNT,
      sent: 10 * COUNT,
      speed: null,
      filesPerSecond: null,
      secondsLeft: null,
      moving: false,
    });
    expect(clock.due).toHaveLength(0);
    queue.clearDone();
    expect(queue.snapshot).toMatchObject({ items: [], totals: { files: 0, size: 0, sent: 0 } });
  });

  it("keep the same list while only progress changes", async () => {
    const stubs = new StubUploads();
    const clock = manualLater();
    const { queue } = await filled(stubs, clock);
    const { items } = queue.snapshot;
    stubs.all[5]?.set("uploading", 5);
    clock.run();
    expect(queue.snapshot.items).toBe(items);
    expect(queue.snapshot.totals).toMatchObject({ sent: 5, moving: true });
  });
});
