import { describe, expect, it } from "vitest";
import { Mail, packed } from "../../../../src/adapters/postgresql/mail.ts";

describe("messages between instances", () => {
  it("fit in payloads of less than 8000 bytes, and arrive in their order", () => {
    const messages = Array.from({ length: 1_000 }, (_, n) => ({ n, text: "é".repeat(n % 90) }));
    const payloads = packed("one", messages);
    for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
    const mails = payloads.map(Mail.read);
    expect(mails.flatMap((mail) => mail?.messages)).toEqual(messages);
    expect(new Set(mails.map((mail) => mail?.from))).toEqual(new Set(["one"]));
    expect(payloads.length).toBeLessThan(50);
  });

  it("leave out what alone is too long, and nothing else", () => {
    const [payload, ...others] = packed("one", [{ a: 1 }, { b: "x".repeat(8_000) }, { c: 2 }]);
    const rest = [payload, ...others].flatMap((each) => Mail.read(each ?? "")?.messages);
    expect(rest).toEqual([{ a: 1 }, { c: 2 }]);
    expect(packed("one", [])).toEqual([]);
  });

  it("of others on the same channel are ignored", () => {
    for (const payload of ["", "x", "{}", "[]", "[1]", "null"])
      expect(Mail.read(payload)).toBeNull();
  });
});
