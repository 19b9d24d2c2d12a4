import { describe, expect, it } from "vitest";
import { createDeferred } from "../../../src/client/deferred.ts";
import { UploadFailure } from "../../../src/client/failure.ts";
import type { UploadSnapshot } from "../../../src/client/snapshot.ts";
import { UploadState } from "../../../src/client/upload-state.ts";
import { FakeBrowser, FakeTab, fileOf } from "./fake-runtime.ts";
import { FakeServer } from "./fake-server.ts";

/** The state of one upload of 1,000 bytes on a manual clock. */
function stateOf() {
  let now = 0;
  const clock = { now: () => now, sleep: async () => undefined, every: () => () => undefined };
  const state = new UploadState({ filename: "a", path: "a", size: 1_000 }, clock);
  state.set({ phase: "uploading" });
  return {
    state,
    pass: (ms: number) => {
      now += ms;
      state.tick();
    },
  };
}

const range = (start: number, end: number) => ({ start, end });

describe("a stalled upload", () => {
  it("is shown after five seconds without progress, without speed or time left", () => {
    const { state, pass } = stateOf();
    for (let sent = 0; sent <= 300; sent += 100) {
      state.inFlight(0, range(0, sent));
      pass(1_000);
    }
    expect(state.snapshot.hold).toBeNull();
    expect(state.snapshot.speed).toBeGreaterThan(50);
    expect(state.snapshot.secondsLeft).not.toBeNull();
    pass(3_900);
    expect(state.snapshot.hold).toBeNull();
    pass(100);
    expect(state.snapshot).toMatchObject({ hold: "stalled", speed: null, secondsLeft: null });
  });

  it("ends with the next byte, and its speed is measured again from the start", () => {
    const { state, pass } = stateOf();
    state.inFlight(0, range(0, 100));
    pass(60_000);
    expect(state.snapshot.hold).toBe("stalled");
    state.inFlight(0, range(0, 200));
    pass(0);
    expect(state.snapshot).toMatchObject({ hold: null, speed: null });
    pass(1_000);
    state.inFlight(0, range(0, 300));
    pass(1_000);
    expect(state.snapshot.speed).toBeGreaterThan(40);
  });

  it("is not an upload that waits for a slot or for something other than the network", () => {
    const { state, pass } = stateOf();
    pass(60_000);
    expect(state.snapshot.hold).toBeNull();
    state.inFlight(0, range(0, 100));
    const release = state.hold("signed-out");
    pass(60_000);
    expect(state.snapshot.hold).toBe("signed-out");
    release();
    expect(state.snapshot.hold).toBeNull();
  });

  it("is noticed by a client whose connection is dead", async () => {
    const server = new FakeServer();
    const tab = new FakeTab(server);
    const sending = createDeferred<void>();
    server.onPut = ({ signal }) => {
      sending.resolve();
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
    };
    const upload = tab.client.upload(fileOf(100));
    await sending.promise;
    tab.pass(5_000);
    expect(upload.snapshot()).toMatchObject({ phase: "uploading", hold: "stalled", speed: null });
    await upload.abort();
    await expect(upload.done).rejects.toMatchObject({ code: "ABORTED" });
  });
});

describe("progress", () => {
  it("does not count a byte twice that the server committed while its request still runs", () => {
    const { state, pass } = stateOf();
    state.inFlight(0, range(0, 400));
    state.heldByServer([range(0, 300)]);
    expect(state.snapshot).toMatchObject({ sent: 400, acknowledged: 300, setback: null });
    state.confirmed(0, range(0, 500));
    pass(0);
    expect(state.snapshot).toMatchObject({ sent: 500, acknowledged: 500, setback: null });
  });

  it("does not decrease until the outcome of a cut request is known, and then gives the reason", () => {
    const { state, pass } = stateOf();
    state.inFlight(0, range(0, 400));
    state.unconfirmed(0);
    pass(200);
    expect(state.snapshot).toMatchObject({ sent: 400, setback: null });
    state.heldByServer([range(0, 150)]);
    const setback = { bytes: 250, reason: "not-received" };
    expect(state.snapshot).toMatchObject({ sent: 150, setback });
    state.inFlight(0, range(150, 300));
    pass(200);
    expect(state.snapshot).toMatchObject({ sent: 300, setback });
    state.inFlight(0, range(150, 400));
    pass(200);
    expect(state.snapshot).toMatchObject({ sent: 400, setback: null });
  });

  it("shows when the server no longer has bytes that it had acknowledged", () => {
    const { state } = stateOf();
    state.inFlight(0, range(0, 400));
    state.confirmed(0, range(0, 400));
    state.heldByServer([]);
    expect(state.snapshot.setback).toEqual({ bytes: 400, reason: "not-kept" });
  });

  it.each([1, 2, 3, 4, 5])(
    "never falls without a reason, whatever fails (seed %i)",
    async (seed) => {
      const server = new FakeServer();
      server.faults = (call, count) => {
        if (call !== "put" || (count + seed) % 3 !== 0) return null;
        const arrived = (count * 37) % 100;
        return { when: "before", failure: new UploadFailure("NETWORK"), arrived };
      };
      const upload = new FakeTab(server, new FakeBrowser(), { seed }).client.upload(fileOf(2_000));
      const seen: UploadSnapshot[] = [];
      upload.subscribe(() => seen.push(upload.snapshot()));
      await upload.done;
      const unexplained = seen.filter(
        ({ sent, setback }, at) => setback === null && sent < (seen[at - 1]?.sent ?? 0),
      );
      expect(unexplained).toEqual([]);
      expect(seen.at(-1)).toMatchObject({ sent: 2_000, acknowledged: 2_000, setback: null });
    },
  );
});
