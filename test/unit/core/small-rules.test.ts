import { describe, expect, it } from "vitest";
import {
  assertAcceptedType,
  matches,
  withCheckedHead,
} from "../../../src/core/append/file-type.ts";
import { readFilename } from "../../../src/core/begin/filename.ts";
import { readMetadata } from "../../../src/core/begin/metadata.ts";
import { isUploadError, UploadError } from "../../../src/core/errors.ts";
import { mayReach, type Principal, type UploadAction } from "../../../src/core/principal.ts";
import { parseByteSize, parseDuration } from "../../../src/core/quantities.ts";

describe("sizes and durations", () => {
  it("reads powers of ten and of two", () => {
    expect(["1024", "8 MiB", "4 MB", "1.5GiB", "10kB", 7].map(parseByteSize)).toEqual([
      1024, 8_388_608, 4_000_000, 1_610_612_736, 10_000, 7,
    ]);
  });

  it("refuses what is no size", () => {
    expect(
      ["", "MB", "-1", "1e9", "4 XB", "0.5", "1,000", "9007199254740993 TB"].map(parseByteSize),
    ).toEqual(Array(8).fill(null));
  });

  it("reads durations with a unit only", () => {
    expect(["500ms", "60s", "15m", "24h", "7d", "60", "1w"].map(parseDuration)).toEqual([
      500,
      60_000,
      900_000,
      86_400_000,
      604_800_000,
      null,
      null,
    ]);
  });
});

describe("file names", () => {
  it("lose directories, control characters and direction marks", () => {
    expect(readFilename("../../etc/passwd")).toBe("passwd");
    expect(readFilename("C:\\temp\\a b.txt")).toBe("a b.txt");
    expect(readFilename("in\u0000voi\nce\u202Efdp.exe")).toBe("invoicefdp.exe");
  });

  it("keep what people write", () => {
    expect(readFilename("Übersicht – 東京 📷.tar.gz")).toBe("Übersicht – 東京 📷.tar.gz");
  });

  it.each(["", "  ", ".", "..", "/", "\u0000", "a".repeat(1_025)])("refuse %j", (name) => {
    expect(() => readFilename(name)).toThrow(UploadError);
  });
});

describe("metadata", () => {
  const rejected = async (given: object, profile = {}) => {
    const error = await readMetadata(profile, given as never).catch((caught: unknown) => caught);
    return isUploadError(error) ? error.code : error;
  };

  it("without a schema is strings under plain keys", async () => {
    expect(await readMetadata({}, { album: "x", "a.b-c_d": "" })).toEqual({
      album: "x",
      "a.b-c_d": "",
    });
    expect(await rejected({ n: 1 })).toBe("REJECTED");
    expect(await rejected({ "a b": "x" })).toBe("REJECTED");
    expect(await rejected({ ["k".repeat(65)]: "x" })).toBe("REJECTED");
    expect(await rejected({ constructor: "x" })).toBe("REJECTED");
    expect(await rejected(JSON.parse('{"__proto__":"x"}'))).toBe("REJECTED");
    expect(await rejected({ big: "ä".repeat(4_096) })).toBe("REJECTED");
  });

  it("with a schema is what the schema makes of it", async () => {
    const metadata = {
      "~standard": {
        version: 1 as const,
        vendor: "test",
        validate: (value: unknown) =>
          typeof value === "object" && value !== null && "n" in value
            ? { value: { n: Number(value.n) } }
            : { issues: [{ message: "n is required", path: ["n"] }] },
      },
    };
    expect(await readMetadata({ metadata }, { n: "7" })).toEqual({ n: 7 });
    expect(await rejected({ m: "7" }, { metadata })).toBe("REJECTED");
    expect(await rejected({ n: "1", deep: { prototype: "x" } }, { metadata })).toBe("REJECTED");
  });

  it.each([101, 3_000, 100_000])("may not be nested %i levels deep", async (depth) => {
    const validate = (value: unknown) => ({ value });
    const metadata = { "~standard": { version: 1 as const, vendor: "test", validate } };
    const deep = JSON.parse(`{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`);
    expect(await rejected(deep, { metadata })).toBe("REJECTED");
  });
});

describe("accepted types", () => {
  const sniffer = { sniff: async (head: Uint8Array) => (head[0] === 0x89 ? "image/png" : null) };
  const judge = (bytes: number[], accept: string[], declared: string | null) =>
    assertAcceptedType(Uint8Array.from(bytes), { accept, declared, sniffer }).then(
      () => "taken",
      (error: unknown) => (isUploadError(error) ? error.code : error),
    );

  it("are judged by bytes, not by what is declared", async () => {
    expect(await judge([0x89, 1], ["image/*"], "text/plain")).toBe("taken");
    expect(await judge([0x4d, 0x5a], ["image/*"], "image/png")).toBe("REJECTED");
  });

  it("are identified by their name, if they have one", async () => {
    const refused = (first: number) =>
      assertAcceptedType(Uint8Array.from([first, 0]), {
        accept: ["video/*"],
        declared: null,
        sniffer,
      });
    await expect(refused(0x89)).rejects.toThrow("Files of type image/png are not accepted here.");
    await expect(refused(0)).rejects.toThrow("Files of an unknown type are not accepted here.");
  });

  it("let text be what it says it is, if it looks like text", async () => {
    expect(await judge([0x7b, 0x7d], ["application/json"], "application/json; charset=utf-8")).toBe(
      "taken",
    );
    expect(await judge([0x7b, 0x00], ["application/json"], "application/json")).toBe("REJECTED");
    expect(await judge([0x7b, 0x7d], ["image/*"], "image/png")).toBe("REJECTED");
    expect(await judge([0x61], ["text/*"], null)).toBe("taken");
  });

  it("match subtypes by a star", () => {
    expect(matches("image/*", "IMAGE/PNG")).toBe(true);
    expect(matches("image/*", "imagex/png")).toBe(false);
    expect(matches("*/*", "a/b")).toBe(true);
  });

  it("hold a body back until its head is judged", async () => {
    async function* body() {
      for (let index = 0; index < 10; index += 1) yield new Uint8Array(1_000);
    }
    const heads: number[] = [];
    let passed = 0;
    for await (const bytes of withCheckedHead(
      body(),
      async (head) => void heads.push(head.length),
    )) {
      expect(heads).toEqual([4_100]);
      passed += bytes.length;
    }
    expect(passed).toBe(10_000);
  });
});

describe("who may reach an upload", () => {
  const mine = { id: "u1", ownerId: "me" };
  const user = (id: string, role: "user" | "admin" = "user"): Principal => {
    return { kind: "user", id, email: "", role, via: "token" };
  };
  const ticket = (uploadId: string, issuerId: string | null): Principal => ({
    kind: "ticket",
    uploadId,
    issuer: issuerId === null ? null : { id: issuerId, ticketVersion: 0 },
    expiresAt: new Date(0),
  });
  const all: UploadAction[] = ["read", "append", "complete", "download", "delete"];
  const allowed = (
    principal: Principal,
    upload: typeof mine | { id: string; ownerId: null },
    policy = {},
  ) =>
    all.filter((action) =>
      mayReach(principal, upload, {
        action,
        policy: { userRestricted: true, allowAnonymous: false, ...policy },
      }),
    );

  it("is its owner, and an admin for the file", () => {
    expect(allowed(user("me"), mine)).toEqual(all);
    expect(allowed(user("you"), mine)).toEqual([]);
    expect(allowed(user("you", "admin"), mine)).toEqual(["download"]);
    expect(allowed({ kind: "anonymous" }, mine)).toEqual([]);
  });

  it("is any user where uploads are shared, but not to delete", () => {
    expect(allowed(user("you"), mine, { userRestricted: false })).toEqual([
      "read",
      "append",
      "complete",
      "download",
    ]);
  });

  it("is the bearer of its ticket, for three things", () => {
    const three = ["read", "append", "complete"];
    expect(allowed(ticket("u1", "me"), mine)).toEqual(three);
    expect(allowed(ticket("u2", "me"), mine)).toEqual([]);
  });

  it("is the bearer of a ticket only as far as its issuer is", () => {
    const three = ["read", "append", "complete"];
    const shared = { userRestricted: false };
    expect(allowed(ticket("u1", "you"), mine)).toEqual([]);
    expect(allowed(ticket("u1", "you"), mine, shared)).toEqual(three);
    expect(allowed(ticket("u1", null), mine, shared)).toEqual([]);
    const nobodys = { id: "u1", ownerId: null };
    expect(allowed(ticket("u1", null), nobodys, { allowAnonymous: true })).toEqual(three);
    expect(allowed(ticket("u1", null), nobodys)).toEqual([]);
  });

  it("is every client that knows the id of an anonymous upload, if these are allowed", () => {
    const nobodys = { id: "u1", ownerId: null };
    expect(allowed({ kind: "anonymous" }, nobodys, { allowAnonymous: true })).toEqual(all);
    expect(allowed({ kind: "anonymous" }, nobodys)).toEqual([]);
  });
});
