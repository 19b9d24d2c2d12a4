import { describe, expect, it } from "vitest";
import { EventReader } from "../../../src/client/event-stream.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** What a stream tells that comes in pieces of `length` bytes. */
function told(text: string, length = Number.POSITIVE_INFINITY) {
  const reader = new EventReader();
  const bytes = encode(text);
  const step = Math.min(length, Math.max(1, bytes.length));
  return Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) =>
    reader.read(bytes.subarray(at * step, (at + 1) * step)),
  ).flat();
}

describe("a stream of events", () => {
  it("is the same in whatever pieces it comes, and however its lines end", () => {
    const lines = ["event: a", "data: one", "data: zwei ☃", "id: 7", "", "data:x", "", "event: b"];
    const events = [
      { type: "a", data: "one\nzwei ☃", id: "7" },
      { type: "message", data: "x", id: "7" },
    ];
    for (const end of ["\n", "\r", "\r\n"]) {
      const text = lines.join(end);
      for (let length = 1; length <= text.length; length += 1) {
        expect(told(text, length), JSON.stringify([end, length])).toEqual(events);
      }
    }
  });

  it("leaves out comments, unknown fields, and events without data", () => {
    expect(told(": hello\nretry: 9\nname\n\nevent: empty\n\ndata\n\n")).toEqual([
      { type: "message", data: "", id: "" },
    ]);
  });

  it("keeps one space of two, colons in values, and an id until the next", () => {
    expect(told("\uFEFFid: 1\ndata:  a:b\n\nid: 2\0\ndata: c\n\nid\ndata: d\n\n")).toEqual([
      { type: "message", data: " a:b", id: "1" },
      { type: "message", data: "c", id: "1" },
      { type: "message", data: "d", id: "" },
    ]);
  });

  it("does not tell what the end cut off", () => {
    expect(told("data: a\n\ndata: b\n")).toEqual([{ type: "message", data: "a", id: "" }]);
  });
});
