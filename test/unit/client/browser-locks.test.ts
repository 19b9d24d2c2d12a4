import { afterEach, describe, expect, it, vi } from "vitest";
import { browserLocks } from "../../../src/client/browser/browser-locks.ts";

/** A sandboxed frame has the lock manager, but may not use it. */
const forbidden = { request: async () => Promise.reject(new DOMException("no", "SecurityError")) };

describe("Web Locks", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ["there are none", {}],
    ["they are forbidden", { locks: forbidden }],
  ])("do not lock anything if %s", async (_, navigator) => {
    vi.stubGlobal("navigator", navigator);
    const locks = browserLocks();
    expect(await locks.tryHold("file")).toBeTypeOf("function");
    expect(await locks.hold("file", new AbortController().signal)).toBeTypeOf("function");
  });
});
