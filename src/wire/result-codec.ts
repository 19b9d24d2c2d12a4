import superjson from "superjson";
import type { ResultCodec } from "../core/ports/system.ts";

/**
 * Serializes the result of `onComplete` with superjson: JSON, dates, bigints, sets, maps, URLs and
 * typed arrays. `undefined` becomes null. `encode` throws a TypeError with the path of the first value
 * that superjson cannot restore.
 */
export const resultCodec: ResultCodec = {
  encode(value) {
    assertRestorable(value, [], new Set());
    return superjson.stringify(value ?? null);
  },
  decode: (text) => superjson.parse(text),
};

/** Classes that superjson restores. Instances of any other class would become plain objects. */
const restoredPrototypes: readonly unknown[] = [
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

function assertRestorable(value: unknown, path: readonly string[], seen: Set<object>): void {
  if (typeof value === "function" || typeof value === "symbol") reject(`a ${typeof value}`, path);
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  for (const [key, child] of childrenOf(value, path)) assertRestorable(child, [...path, key], seen);
}

function childrenOf(value: object, path: readonly string[]): readonly [string, unknown][] {
  if (Array.isArray(value)) return value.map((child, index) => [String(index), child]);
  if (value instanceof Set) return Array.from(value, (child, index) => [String(index), child]);
  if (value instanceof Map) return Array.from(value, ([key, child]) => [String(key), [key, child]]);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (value instanceof Error || restoredPrototypes.includes(prototype)) return [];
  if (prototype !== null && prototype !== Object.prototype) {
    reject(`an instance of ${value.constructor.name}`, path);
  }
  for (const key of ["__proto__", "constructor", "prototype"]) {
    if (Object.hasOwn(value, key)) reject(`a property named "${key}"`, path);
  }
  return Object.entries(value);
}

function reject(what: string, path: readonly string[]): never {
  const place = path.length === 0 ? "" : ` at "${path.join(".")}"`;
  throw new TypeError(`onComplete returned ${what}${place}, which cannot be stored.`);
}
