import { describe, expect, it } from "vitest";
import { createMemoryStore, type MemoryFaults } from "../../src/adapters/memory/memory-store.ts";
import { chunkStoreContract } from "./chunk-store.contract.ts";
import { ContractRecord, recordFor } from "./chunk-store.fixture.ts";

chunkStoreContract("memory store", async () => {
  const store = createMemoryStore();
  return {
    store,
    lose: (upload) => store.remove(upload),
    [Symbol.asyncDispose]: async () => undefined,
  };
});

describe("memory store: injected faults", () => {
  it("is full at a position, and the writer fails from then on", async () => {
    const store = createMemoryStore({ faults: { failWriteAt: 10 } });
    const { writer } = await new ContractRecord(store, recordFor(store)).open();
    await writer.write(0, Buffer.alloc(10));
    await expect(writer.write(10, Buffer.alloc(1))).rejects.toMatchObject({ code: "STORAGE_FULL" });
    await expect(writer.flush()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("fails to flush while the fault is set", async () => {
    const faults: MemoryFaults = { failFlush: true };
    const store = createMemoryStore({ faults });
    const { writer } = await new ContractRecord(store, recordFor(store)).open();
    await expect(writer.flush()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(store.probe()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    faults.failFlush = false;
    const second = await new ContractRecord(store, recordFor(store)).open();
    await expect(second.writer.flush()).resolves.toBeNull();
  });
});
