import superjson from "superjson";
import type { ResultCodec } from "../core/ports/system.ts";

/**
 * Carries what `onComplete` returned into the record and to the caller: JSON, and beyond it dates,
 * bigints, sets, maps, URLs, typed arrays and what else superjson knows. Nothing (`undefined`)
 * becomes null. `encode` throws a TypeError that names the place of what superjson cannot carry.
 */
export const resultCodec: ResultCodec = {
  encode(value) {
    refuseUncarried(value, [], new Set());
    return superjson.stringify(value ?? null);
  },
  decode: (text) => superjson.parse(text),
};

/** What superjson brings back as what it was; an instance of any other class would lose its class. */
const carriedWhole: readonly unknown[] = [
  Date,
  RegExp,
  URL,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
].map((type) => type.prototype);

function refuseUncarried(value: unknown, path: readonly string[], seen: Set<object>): void {
  if (typeof value === "function" || typeof value === "symbol") refuse(`a ${typeof value}`, path);
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  for (const [key, child] of childrenOf(value, path)) refuseUncarried(child, [...path, key], seen);
}

function childrenOf(value: object, path: readonly string[]): readonly [string, unknown][] {
  if (Array.isArray(value)) return value.map((child, index) => [String(index), child]);
  if (value instanceof Set) return Array.from(value, (child, index) => [String(index), child]);
  if (value instanceof Map) return Array.from(value, ([key, child]) => [String(key), [key, child]]);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (value instanceof Error || carriedWhole.includes(prototype)) return [];
  if (prototype !== null && prototype !== Object.prototype) {
    refuse(`an instance of ${value.constructor.name}`, path);
  }
  for (const key of ["__proto__", "constructor", "prototype"]) {
    if (Object.hasOwn(value, key)) refuse(`a property named "${key}"`, path);
  }
  return Object.entries(value);
}

function refuse(what: string, path: readonly string[]): never {
  const place = path.length === 0 ? "" : ` at "${path.join(".")}"`;
  throw new TypeError(`onComplete returned ${what}${place}, which cannot be stored.`);
}
