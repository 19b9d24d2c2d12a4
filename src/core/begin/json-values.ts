/** Deeper values fit into the bytes, but not on the stacks of those who write and read them. */
export const MAX_DEPTH = 100;

/** A value that JSON cannot carry, and where it is: a dotted path. */
export interface ForeignValue {
  readonly path: string;
  /** Its type, for people: "bigint", "Map", "NaN". */
  readonly found: string;
}

/** What is wrong with a value that should be JSON. */
export type JsonProblem = ForeignValue | "too deep" | "too many values";

interface Step {
  readonly value: unknown;
  readonly path: string;
  readonly depth: number;
}

/**
 * Looks for what JSON cannot carry in `root`; null when there is nothing. Without recursion and with
 * a limit on the number of values: an object may contain itself, and the same object many times.
 */
export function findJsonProblem(root: object, mostValues: number): JsonProblem | null {
  const work: Step[] = [{ value: root, path: "", depth: 0 }];
  let count = 0;
  for (let step = work.pop(); step !== undefined; step = work.pop()) {
    count += 1;
    if (count > mostValues) return "too many values";
    if (step.depth > MAX_DEPTH) return "too deep";
    const children = childrenOf(step.value);
    if (children === null) return { path: step.path, found: typeName(step.value) };
    for (const [key, value] of children) {
      const path = step.path === "" ? key : `${step.path}.${key}`;
      work.push({ value, path, depth: step.depth + 1 });
      if (work.length > mostValues) return "too many values";
    }
  }
  return null;
}

/** The values inside a JSON array or object; null for any other value. */
function childrenOf(value: unknown): Iterable<[string, unknown]> | null {
  if (value === null || typeof value === "string" || typeof value === "boolean") return [];
  if (typeof value === "number") return Number.isFinite(value) ? [] : null;
  if (Array.isArray(value)) return Array.from(value, (item, index) => [String(index), item]);
  return isPlainObject(value) ? Object.entries(value) : null;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function typeName(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "object"
    ? Object.prototype.toString.call(value).slice("[object ".length, -1)
    : typeof value;
}
