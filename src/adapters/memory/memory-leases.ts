import type { Leases } from "../../core/ports/leases.ts";
import type { MemoryTables } from "./memory-tables.ts";

/** Leases in memory. */
export function createMemoryLeases({ leases }: MemoryTables): Leases {
  return {
    async acquire(name, { holder, now, until }) {
      const held = leases.get(name);
      if (held !== undefined && held.holder !== holder && held.until > now) return false;
      leases.set(name, { holder, until });
      return true;
    },
    async release(name, holder) {
      if (leases.get(name)?.holder === holder) leases.delete(name);
    },
  };
}
