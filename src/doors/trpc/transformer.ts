import superjson, { type SuperJSONResult } from "superjson";
import { UploadError } from "../../core/errors.ts";

/** Types that superjson may create from an input in addition to JSON; no procedure accepts others. */
const TAKEN: readonly unknown[] = ["undefined", "Date", "number"];

/**
 * superjson, with a check of inputs. Types that no input has (BigInt, Map, RegExp …) are refused before
 * superjson creates them: REJECTED with the value's path below `metadata`, INVALID_INPUT elsewhere. A
 * `__proto__` key is refused too, because superjson drops it silently.
 */
export const transformer = {
  serialize: superjson.serialize,
  deserialize(payload: SuperJSONResult): unknown {
    refuseProtoKey(payload);
    for (const { path, type } of annotationsOf(payload)) refuseType(path, type);
    try {
      return superjson.deserialize(payload);
    } catch (cause) {
      throw new UploadError("INVALID_INPUT", {
        message: "The input is not valid superjson.",
        cause,
      });
    }
  },
};

function refuseProtoKey(payload: SuperJSONResult): void {
  if (!hasProtoKey(payload)) return;
  const input = Object(Object(payload).json) as { metadata?: unknown };
  throw new UploadError(hasProtoKey(input.metadata) ? "REJECTED" : "INVALID_INPUT", {
    message: 'The key "__proto__" is not allowed.',
  });
}

/** Iterative, so that a deep input cannot overflow the stack. */
function hasProtoKey(root: unknown): boolean {
  const work: unknown[] = [root];
  while (work.length > 0) {
    const value = work.pop();
    if (typeof value !== "object" || value === null) continue;
    if (Object.hasOwn(value, "__proto__")) return true;
    for (const child of Object.values(value)) work.push(child);
  }
  return false;
}

/**
 * The values that superjson would turn into other types, by `meta.values`: a tree whose keys are
 * dotted paths, whose leaves are `[type]`, and `[type, children]` where a value holds further ones.
 */
function* annotationsOf(payload: unknown): Generator<{ path: string; type: unknown }> {
  const work: { path: string; node: unknown }[] = [
    { path: "", node: Object(Object(payload).meta).values },
  ];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { path, node } = next;
    if (Array.isArray(node)) yield { path, type: node[0] };
    const children: unknown = Array.isArray(node) ? node[1] : node;
    if (typeof children !== "object" || children === null) continue;
    for (const [key, child] of Object.entries(children))
      work.push({ path: path === "" ? key : `${path}.${key}`, node: child });
  }
}

function refuseType(path: string, type: unknown): void {
  if (TAKEN.includes(type)) return;
  const found = String(Array.isArray(type) ? type[0] : type).slice(0, 20);
  const below = /^metadata\.(.{1,200})/s.exec(path)?.[1];
  if (below === undefined) {
    throw new UploadError("INVALID_INPUT", { message: "A value has a type that is not allowed." });
  }
  throw new UploadError("REJECTED", {
    message: `metadata.${below} is of type ${found}; metadata holds JSON values only.`,
    details: { field: "metadata", path: below, found },
  });
}
