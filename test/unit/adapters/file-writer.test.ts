import { open } from "node:fs/promises";
import { constants } from "node:os";
import { describe, expect, it } from "vitest";
import {
  createFileWriter,
  type WritableFile,
} from "../../../src/adapters/filesystem/file-writer.ts";

type Call = { position: number; bytes: number };

/** A file in memory that records its calls and obeys orders. */
function recordingFile(orders: Partial<WritableFile> = {}) {
  const calls: Call[] = [];
  const content = Buffer.alloc(4 * 2 ** 20);
  let underWay = 0;
  let mostUnderWay = 0;
  let closed = 0;
  let syncs = 0;
  const file: WritableFile = {
    writev: async (pieces, position) => {
      underWay += 1;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      const bytes = Buffer.concat(pieces);
      content.set(bytes, position);
      calls.push({ position, bytes: bytes.length });
      return { bytesWritten: bytes.length };
    },
    datasync: async () => {
      syncs += 1;
    },
    close: async () => {
      closed += 1;
    },
    ...orders,
  };
  const seen = () => ({ calls, content, mostUnderWay, closed, syncs });
  return { file, seen };
}

const nothing = async () => undefined;

function systemError(code: string, errno = -1): Error {
  return Object.assign(new Error(code), { code, errno });
}

describe("the writer of a file", () => {
  it("has one write under way at a time, in the order of the calls", async () => {
    const { file, seen } = recordingFile();
    const writer = createFileWriter(file, { settle: nothing });
    const order = [300, 0, 200, 100];
    await Promise.all(order.map((at) => writer.write(at, Buffer.alloc(100, at % 251))));
    const { calls, mostUnderWay, syncs } = seen();
    expect(mostUnderWay).toBe(1);
    expect(calls.map(({ position }) => position)).toEqual(order);
    expect(syncs).toBe(0);
  });

  it("needs the bytes no longer than until it says so", async () => {
    const { file, seen } = recordingFile();
    const writer = createFileWriter(file, { settle: nothing });
    const shared = new Uint8Array(new SharedArrayBuffer(1_000)).fill(1);
    await writer.write(0, shared);
    shared.fill(2);
    await writer.write(1_000, shared);
    await writer.flush();
    const content = seen().content.subarray(0, 2_000);
    expect(content.equals(Buffer.concat([Buffer.alloc(1_000, 1), Buffer.alloc(1_000, 2)]))).toBe(
      true,
    );
  });

  it("goes on after short writes", async () => {
    const content = Buffer.alloc(20_000);
    const { file } = recordingFile({
      writev: async (pieces, position) => {
        const some = Buffer.concat(pieces).subarray(0, 777);
        content.set(some, position);
        return { bytesWritten: some.length };
      },
    });
    const writer = createFileWriter(file, { settle: nothing });
    const bytes = Buffer.from(Array.from({ length: 20_000 }, (_, index) => index % 251));
    await writer.write(0, bytes.subarray(0, 5_000));
    await writer.write(5_000, bytes.subarray(5_000, 5_100));
    await writer.write(5_100, bytes.subarray(5_100));
    await writer.flush();
    expect(content.equals(bytes)).toBe(true);
  });

  it.each([
    ["ENOSPC", -28, "STORAGE_FULL"],
    ["EFBIG", -27, "STORAGE_FULL"],
    ["EDQUOT", -122, "STORAGE_FULL"],
    ["Unknown system error -122", -constants.errno.EDQUOT, "STORAGE_FULL"],
    ["EIO", -5, "UNAVAILABLE"],
  ])("is useless after a failed write (%s)", async (code, errno, told) => {
    const cause = systemError(code, errno);
    const { file, seen } = recordingFile({ writev: () => Promise.reject(cause) });
    const writer = createFileWriter(file, { settle: nothing });
    await expect(writer.write(0, Buffer.from("lost"))).rejects.toMatchObject({ code: told, cause });
    await expect(writer.flush()).rejects.toMatchObject({ code: told, cause });
    await expect(writer.write(4, Buffer.from("x"))).rejects.toMatchObject({ code: told });
    await expect(writer.flush()).rejects.toMatchObject({ code: told });
    await writer.close();
    expect(seen()).toMatchObject({ syncs: 0, closed: 1 });
  });

  it("tells of a full disk while bytes are still being offered", async () => {
    const { file } = recordingFile({ writev: () => Promise.reject(systemError("ENOSPC")) });
    const writer = createFileWriter(file, { settle: nothing });
    const offerAll = async () => {
      for (let at = 0; ; at += 65_536) await writer.write(at, Buffer.alloc(65_536));
    };
    await expect(offerAll()).rejects.toMatchObject({ code: "STORAGE_FULL" });
    await writer.close();
  });

  it("never claims success after a failed sync, although the next would succeed", async () => {
    let failing = true;
    const { file } = recordingFile({
      datasync: async () => {
        if (failing) throw systemError("EIO");
      },
    });
    const writer = createFileWriter(file, { settle: nothing });
    await writer.write(0, Buffer.from("lost"));
    await expect(writer.flush()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    failing = false;
    await expect(writer.flush()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("fails when the file's name cannot be made durable", async () => {
    const { file } = recordingFile();
    const writer = createFileWriter(file, {
      settle: () => Promise.reject(systemError("ENOENT")),
    });
    await writer.write(0, Buffer.from("nameless"));
    await expect(writer.flush()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("refuses when a write makes no progress", async () => {
    const { file } = recordingFile({ writev: async () => ({ bytesWritten: 0 }) });
    const writer = createFileWriter(file, { settle: nothing });
    await expect(writer.write(0, Buffer.from("x"))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("closes once, quietly, after the write under way", async () => {
    const order: string[] = [];
    const { file } = recordingFile({
      writev: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        order.push("written");
        throw systemError("EIO");
      },
      close: async () => {
        order.push("closed");
        throw systemError("EBADF");
      },
    });
    const writer = createFileWriter(file, { settle: nothing });
    const writing = writer.write(0, Buffer.from("x"));
    writing.catch(() => {});
    await Promise.all([writer.close(), writer.close()]);
    expect(order).toEqual(["written", "closed"]);
    await expect(writer.write(0, Buffer.from("x"))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it.runIf(process.platform === "linux")("reports a device that really is full", async () => {
    const writer = createFileWriter(await open("/dev/full", "r+"), { settle: nothing });
    await expect(writer.write(0, Buffer.from("x"))).rejects.toMatchObject({ code: "STORAGE_FULL" });
    await expect(writer.flush()).rejects.toMatchObject({ code: "STORAGE_FULL" });
    await writer.close();
  });
});
