import { describe, expect, it } from "vitest";
import { EventReader } from "../../../src/client/event-stream.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** The events of a stream that arrives in pieces of `length` bytes. */
function eventsOf(text: string, length = Number.POSITIVE_INFINITY) {
  const reader = new EventReader();
  const bytes = encode(text);
  const step = Math.min(length, Math.max(1, bytes.length));
  return Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) =>
    reader.read(bytes.subarray(at * step, (at + 1) * step)),
  ).flat();
}

describe("a stream of events", () => {
  it("is parsed the same for every split and every line ending", () => {
    const lines = ["event: a", "data: one", "data: zwei ☃", "id: 7", "", "data:x", "", "event: b"];
    const events = [
      { type: "a", data: "one\nzwei ☃", id: "7" },
      { type: "message", data: "x", id: "7" },
    ];
    for (const end of ["\n", "\r", "\r\n"]) {
      const text = lines.join(end);
      for (let length = 1; length <= text.length; length += 1) {
        expect(eventsOf(text, length), JSON.stringify([end, length])).toEqual(events);
      }
    }
  });

  it("ignores comments, unknown fields and events without data", () => {
    expect(eventsOf(": hello\nretry: 9\nname\n\nevent: empty\n\ndata\n\n")).toEqual([
      { type: "message", data: "", id: "" },
    ]);
  });

  it("removes one leading space, keeps colons in values, and keeps an id until the next", () => {
    expect(eventsOf("\uFEFFid: 1\ndata:  a:b\n\nid: 2\0\ndata: c\n\nid\ndata: d\n\n")).toEqual([
      { type: "message", data: " a:b", id: "1" },
      { type: "message", data: "c", id: "1" },
      { type: "message", data: "d", id: "" },
    ]);
  });

  it("does not emit an incomplete last event", () => {
    expect(eventsOf("data: a\n\ndata: b\n")).toEqual([{ type: "message", data: "a", id: "" }]);
  });
});
