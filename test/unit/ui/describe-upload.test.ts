import { describe, expect, it } from "vitest";
import { UploadFailure } from "../../../src/client/failure.ts";
import type { UploadSnapshot } from "../../../src/client/snapshot.ts";
import { timerClock } from "../../../src/client/timer-clock.ts";
import { UploadState } from "../../../src/client/upload-state.ts";
import { formatsOf } from "../../../src/ui/format.ts";
import { describeUpload as describeIn } from "../../../src/ui/uploader/describe-upload.ts";

const describeUpload = (snapshot: UploadSnapshot, unfinished: { offset: number } | null = null) =>
  describeIn(snapshot, formatsOf("en-GB"), unfinished);

const file = { filename: "film.mp4", path: "film.mp4", size: 300_000_000 };
const moving = {
  ...new UploadState(file, timerClock).snapshot,
  phase: "uploading",
  sent: 150_000_000,
  acknowledged: 142_000_000,
  digested: 300_000_000,
  speed: 12_300_000,
  secondsLeft: 12.2,
} satisfies UploadSnapshot;

describe("the description of an upload", () => {
  it("has bytes, speed and time left while bytes are sent", () => {
    const { state, facts, percent, reason } = describeUpload(moving);
    expect(state).toBe("Uploading");
    expect(facts).toEqual(["150 MB of 300 MB", "12.3 MB/s", "about 15 s left"]);
    expect(percent).toBe(50);
    expect(reason).toBeNull();
  });

  it("has a reason and no speed while it waits", () => {
    const { state, facts, reason } = describeUpload({ ...moving, hold: "offline" });
    expect(state).toBe("Waiting");
    expect(facts).toEqual(["150 MB of 300 MB"]);
    expect(reason).toContain("offline");
  });

  it("has no time left while it is stalled", () => {
    const stalled = { ...moving, hold: "stalled", speed: null, secondsLeft: null } as const;
    const { state, facts, reason } = describeUpload(stalled);
    expect(state).toBe("Stalled");
    expect(facts).toEqual(["150 MB of 300 MB"]);
    expect(reason).toBe("Stalled, waiting for the network.");
  });

  it("explains why the progress decreased", () => {
    const lost = { bytes: 8_000_000, reason: "not-received" } as const;
    const { facts } = describeUpload({ ...moving, sent: 142_000_000, setback: lost });
    expect(facts).toContain("resending 8 MB: the connection was lost before they arrived");
  });

  it("shows where a waiting file will resume", () => {
    const waiting = { ...moving, phase: "waiting", sent: 0, speed: null } as const;
    const { facts, percent } = describeUpload(waiting, { offset: 75_000_000 });
    expect(facts).toEqual(["resumes at 75 MB of 300 MB"]);
    expect(percent).toBe(25);
    expect(describeUpload(waiting).facts).toEqual(["0 bytes of 300 MB"]);
  });

  it("shows 100 % only when the upload is complete", () => {
    expect(describeUpload({ ...moving, sent: file.size }).percent).toBeLessThan(100);
    expect(describeUpload({ ...moving, phase: "done", sent: file.size }).percent).toBe(100);
    expect(describeUpload({ ...moving, phase: "verifying", size: 0, sent: 0 }).percent).toBe(0);
  });

  it("shows the progress of the checksum when all bytes are sent", () => {
    const { percent, facts } = describeUpload({
      ...moving,
      phase: "completing",
      sent: file.size,
      digested: 75_000_000,
    });
    expect(percent).toBe(25);
    expect(facts).toContain("Computing the checksum");
  });

  it("explains a failure, by default with the server's message", () => {
    const failed = (failure: UploadFailure) =>
      describeUpload({ ...moving, phase: "failed", failure }).reason;
    expect(failed(new UploadFailure("NETWORK"))).toContain("Sent data is kept");
    expect(failed(new UploadFailure("REJECTED", { message: "Only pictures are taken." }))).toBe(
      "Only pictures are taken.",
    );
  });
});
