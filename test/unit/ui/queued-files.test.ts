import { describe, expect, it } from "vitest";
import { connectionTrouble } from "../../../src/ui/uploads/connection.ts";
import {
  findUnfinished,
  matchQueued as matchUploads,
} from "../../../src/ui/uploads/match-unfinished.ts";

type Snapshot = ReturnType<Parameters<typeof matchUploads>[0][number]["snapshot"]>;
const matchQueued = (files: readonly Snapshot[]) =>
  matchUploads(files.map((file) => ({ snapshot: () => file })));

const unfinished = { id: "u1", filename: "film.mp4", path: null, size: 300 };
const queued = {
  phase: "waiting",
  filename: "film.mp4",
  path: "film.mp4",
  size: 300,
  view: null,
} as const;
const view = (id: string) => ({ id }) as never;

describe("matching unfinished uploads with queued files", () => {
  it("uses name and size while the file waits", () => {
    expect(matchQueued([queued])(unfinished)).toBe(true);
    expect(matchQueued([{ ...queued, size: 301 }])(unfinished)).toBe(false);
    expect(matchQueued([{ ...queued, filename: "other.mp4", path: "other.mp4" }])(unfinished)).toBe(
      false,
    );
    expect(matchQueued([])(unfinished)).toBe(false);
  });

  it("uses the id of the upload when the file is started", () => {
    expect(matchQueued([{ ...queued, view: view("u1") }])(unfinished)).toBe(true);
    // A different file with the same name and size.
    expect(matchQueued([{ ...queued, view: view("u2") }])(unfinished)).toBe(false);
  });

  it("distinguishes files with the same name in different folders", () => {
    const inFolder = { ...queued, path: "Trip/film.mp4" };
    expect(matchQueued([inFolder])(unfinished)).toBe(false);
    expect(matchQueued([queued])({ ...unfinished, path: "Trip/film.mp4" })).toBe(false);
    expect(matchQueued([inFolder])({ ...unfinished, path: "Trip/film.mp4" })).toBe(true);
  });

  it("compares names as the server stores them", () => {
    const file = { ...queued, filename: "Cafe\u0301.jpg", path: "Cafe\u0301.jpg" };
    const held = { ...unfinished, filename: "Caf\u00e9.jpg" };
    expect(matchQueued([file])(held)).toBe(true);
    expect(findUnfinished(file, [unfinished, held])).toBe(held);
    expect(findUnfinished({ ...file, size: 1 }, [held])).toBeNull();
  });
});

describe("connection trouble", () => {
  const active = (hold: "offline" | "stalled" | "signed-out" | "other-tab" | null) =>
    ({ phase: "uploading", hold }) as const;

  it("is the most severe reason why all active files wait", () => {
    expect(connectionTrouble([active("stalled"), active("offline")])).toBe("offline");
    expect(connectionTrouble([active("stalled"), { phase: "waiting", hold: null }])).toBe(
      "stalled",
    );
    expect(connectionTrouble([active("signed-out")])).toBe("signed-out");
  });

  it("is null while a file is being sent or none is active", () => {
    expect(connectionTrouble([active("stalled"), active(null)])).toBeNull();
    expect(connectionTrouble([active("other-tab")])).toBeNull();
    expect(connectionTrouble([{ phase: "paused", hold: null }])).toBeNull();
    expect(connectionTrouble([])).toBeNull();
  });
});
