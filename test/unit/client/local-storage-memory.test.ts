import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { localStorageMemory } from "../../../src/client/browser/local-storage-memory.ts";

/** The part of `localStorage` that the tests use, limited to `room` characters. */
class FakeStorage {
  readonly entries = new Map<string, string>();
  room = Number.POSITIVE_INFINITY;

  get length(): number {
    return this.entries.size;
  }
  key(index: number): string | null {
    return [...this.entries.keys()][index] ?? null;
  }
  getItem(key: string): string | null {
    return this.entries.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    const others = [...this.entries].filter(([name]) => name !== key);
    const taken = others.reduce((sum, [name, held]) => sum + name.length + held.length, 0);
    if (taken + key.length + value.length > this.room) throw new DOMException("full");
    this.entries.set(key, value);
  }
  removeItem(key: string): void {
    this.entries.delete(key);
  }
}

const NOW = new Date("2026-05-01T00:00:00Z");
const inHours = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
let storage: FakeStorage;

beforeEach(() => {
  storage = new FakeStorage();
  vi.stubGlobal("localStorage", storage);
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("what a browser remembers of uploads", () => {
  it("is recalled by its fingerprint until it is forgotten", async () => {
    const memory = localStorageMemory();
    await memory.remember("a|b", { id: "1", expiresAt: inHours(24) });
    expect(await memory.recall("a|b")).toBe("1");
    expect(await memory.recall("a|c")).toBeNull();
    await memory.forget("a|b");
    expect(await memory.recall("a|b")).toBeNull();
    expect(storage.length).toBe(0);
  });

  it("is removed some time after the upload expired; entries of other code stay", async () => {
    storage.setItem("theme", "dark");
    await localStorageMemory().remember("old", { id: "1", expiresAt: inHours(24) });
    await localStorageMemory().remember("young", { id: "2", expiresAt: inHours(100) });
    vi.setSystemTime(inHours(60));
    await localStorageMemory().remember("new", { id: "3", expiresAt: inHours(84) });
    expect([...storage.entries.keys()].sort()).toEqual([
      "chunked-upload:new",
      "chunked-upload:young",
      "theme",
    ]);
  });

  it("is limited to about a thousand uploads, those that expire last", async () => {
    const memory = localStorageMemory();
    for (let at = 0; at < 1_300; at += 1) {
      await memory.remember(`file-${at}`, { id: `${at}`, expiresAt: inHours(24 + at) });
    }
    expect(storage.length).toBeLessThanOrEqual(1_100);
    expect(await memory.recall("file-1299")).toBe("1299");
    expect(await memory.recall("file-0")).toBeNull();
  });

  it("makes room for the newest when the storage is full", async () => {
    const memory = localStorageMemory();
    await memory.remember("first", { id: "1", expiresAt: inHours(24) });
    storage.room = 60;
    await memory.remember("second", { id: "2", expiresAt: inHours(48) });
    expect(await memory.recall("second")).toBe("2");
    storage.room = 0;
    await memory.remember("third", { id: "3", expiresAt: inHours(48) });
    expect(await memory.recall("third")).toBeNull();
  });

  it("is nothing where storage is not allowed", async () => {
    vi.stubGlobal("localStorage", undefined);
    const memory = localStorageMemory();
    await memory.remember("a", { id: "1", expiresAt: inHours(1) });
    expect(await memory.recall("a")).toBeNull();
    await memory.forget("a");
  });
});
