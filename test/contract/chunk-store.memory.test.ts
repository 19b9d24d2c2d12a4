import { describe, expect, it } from "vitest";
import { createMemoryStore, type MemoryFaults } from "../../src/adapters/memory/memory-store.ts";
import { chunkStoreContract } from "./chunk-store.contract.ts";
import { recordFor } from "./chunk-store.fixture.ts";

chunkStoreContract("memory store", async () => {
  const store = createMemoryStore();
  return {
    store,
    lose: (upload) => store.remove(upload),
    [Symbol.asyncDispose]: async () => undefined,
  };
});

describe("memory store: ordered faults", () => {
  it("runs full at a position, and the writer is useless from then on", async () => {
    const store = createMemoryStore({ faults: { failWriteAt: 10 } });
    const { writer } = await store.open(recordFor(store));
    await writer.write(0, Buffer.alloc(10));
    await expect(writer.write(10, Buffer.alloc(1))).rejects.toMatchObject({ code: "STORAGE_FULL" });
    await expect(writer.flush()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("fails to flush as long as it is told to", async () => {
    const faults: MemoryFaults = { failFlush: true };
    const store = createMemoryStore({ faults });
    const { writer } = await store.open(recordFor(store));
    await expect(writer.flush()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(store.probe()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    faults.failFlush = false;
    const second = await store.open(recordFor(store));
    await expect(second.writer.flush()).resolves.toBeNull();
  });
});
