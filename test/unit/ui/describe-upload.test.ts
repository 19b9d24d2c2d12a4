import { describe, expect, it } from "vitest";
import { UploadFailure } from "../../../src/client/failure.ts";
import type { UploadSnapshot } from "../../../src/client/snapshot.ts";
import { formatsOf } from "../../../src/ui/format.ts";
import { describeUpload as describeIn } from "../../../src/ui/uploader/describe-upload.ts";

const describeUpload = (snapshot: UploadSnapshot, unfinished: { offset: number } | null = null) =>
  describeIn(snapshot, formatsOf("en-GB"), unfinished);

const moving = {
  phase: "uploading",
  hold: null,
  filename: "film.mp4",
  path: "film.mp4",
  size: 300_000_000,
  sent: 150_000_000,
  acknowledged: 142_000_000,
  digested: 300_000_000,
  resumedFrom: 0,
  speed: 12_300_000,
  secondsLeft: 12.2,
  setback: null,
  failure: null,
  view: null,
} satisfies UploadSnapshot;

describe("an upload in words", () => {
  it("tells bytes, speed and time left while it moves", () => {
    const { state, facts, percent, reason } = describeUpload(moving);
    expect(state).toBe("Uploading");
    expect(facts).toEqual(["150 MB of 300 MB", "12.3 MB/s", "about 15 s left"]);
    expect(percent).toBe(50);
    expect(reason).toBeNull();
  });

  it("says why nothing moves, and no speed with it", () => {
    const { state, facts, reason } = describeUpload({ ...moving, hold: "offline" });
    expect(state).toBe("Waiting");
    expect(facts).toEqual(["150 MB of 300 MB"]);
    expect(reason).toContain("offline");
  });

  it("is stalled without an estimate when the network is silent", () => {
    const stalled = { ...moving, hold: "stalled", speed: null, secondsLeft: null } as const;
    const { state, facts, reason } = describeUpload(stalled);
    expect(state).toBe("Stalled");
    expect(facts).toEqual(["150 MB of 300 MB"]);
    expect(reason).toBe("Stalled, waiting for the network.");
  });

  it("gives the reason when progress falls", () => {
    const lost = { bytes: 8_000_000, reason: "not-received" } as const;
    const { facts } = describeUpload({ ...moving, sent: 142_000_000, setback: lost });
    expect(facts).toContain("sending 8 MB again: the connection ended before they arrived");
  });

  it("shows where a waiting file will continue, before its turn", () => {
    const waiting = { ...moving, phase: "waiting", sent: 0, speed: null } as const;
    const { facts, percent } = describeUpload(waiting, { offset: 75_000_000 });
    expect(facts).toEqual(["continues at 75 MB of 300 MB"]);
    expect(percent).toBe(25);
    expect(describeUpload(waiting).facts).toEqual(["0 bytes of 300 MB"]);
  });

  it("is full only when it is certain", () => {
    expect(describeUpload({ ...moving, sent: moving.size }).percent).toBeLessThan(100);
    expect(describeUpload({ ...moving, phase: "done", sent: moving.size }).percent).toBe(100);
    expect(describeUpload({ ...moving, phase: "proving", size: 0, sent: 0 }).percent).toBe(0);
  });

  it("shows the checksum's progress once all bytes are there", () => {
    const { percent, facts } = describeUpload({
      ...moving,
      phase: "completing",
      sent: moving.size,
      digested: 75_000_000,
    });
    expect(percent).toBe(25);
    expect(facts).toContain("Computing the checksum");
  });

  it("gives a failure's reason: its own, or the server's sentence", () => {
    const failed = (failure: UploadFailure) =>
      describeUpload({ ...moving, phase: "failed", failure }).reason;
    expect(failed(new UploadFailure("NETWORK"))).toContain("What was sent is kept");
    expect(failed(new UploadFailure("REJECTED", { message: "Only pictures are taken." }))).toBe(
      "Only pictures are taken.",
    );
  });
});
