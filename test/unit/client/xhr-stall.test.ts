import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Bearer } from "../../../src/client/bearer.ts";
import { xhrTransport } from "../../../src/client/browser/xhr-transport.ts";

const STALL_MS = 60_000;

/** The part of XMLHttpRequest that a chunk needs; the test delivers its events. */
class ManualXhr {
  static last: ManualXhr;
  readonly upload: { onprogress?: (event: { loaded: number }) => void } = {};
  status = 0;
  onload?: () => void;
  onabort?: () => void;
  onloadend?: () => void;
  open() {}
  setRequestHeader() {}
  send() {
    ManualXhr.last = this;
  }
  abort() {
    this.onabort?.();
    this.onloadend?.();
  }
  respond(status: number) {
    this.status = status;
    this.onload?.();
    this.onloadend?.();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("XMLHttpRequest", ManualXhr);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function sendChunk() {
  const line = { bearer: new Bearer("up_x"), stallMs: STALL_MS, withCredentials: false };
  const sent: number[] = [];
  const ended = xhrTransport(line)
    .putChunk({
      url: "/chunk",
      body: new Blob(["four"]),
      start: 0,
      end: 4,
      total: 4,
      contentDigest: null,
      onSent: (bytes) => sent.push(bytes),
      signal: new AbortController().signal,
    })
    .then(
      () => "stored",
      (failure) => failure.code,
    );
  await vi.advanceTimersByTimeAsync(0);
  return { xhr: ManualXhr.last, sent, ended };
}

// After a suspension, timers of a page may run before its network events.

it("accepts a response that is delivered just after the stall time", async () => {
  const { xhr, ended } = await sendChunk();
  await vi.advanceTimersByTimeAsync(STALL_MS);
  xhr.respond(200);
  expect(await ended).toBe("stored");
  expect(vi.getTimerCount()).toBe(0);
});

it("restarts the stall time for progress that is delivered just after it", async () => {
  const { xhr, sent, ended } = await sendChunk();
  await vi.advanceTimersByTimeAsync(STALL_MS);
  xhr.upload.onprogress?.({ loaded: 2 });
  await vi.advanceTimersByTimeAsync(STALL_MS);
  xhr.upload.onprogress?.({ loaded: 4 });
  expect(sent).toEqual([2, 4]);
  xhr.respond(200);
  expect(await ended).toBe("stored");
});

it("aborts a connection without progress at most a second after the stall time", async () => {
  const { ended } = await sendChunk();
  await vi.advanceTimersByTimeAsync(STALL_MS + 1_000);
  expect(await ended).toBe("NETWORK");
  expect(vi.getTimerCount()).toBe(0);
});
