import superjson, { type SuperJSONResult } from "superjson";
import { UploadError } from "../../core/errors.ts";

/**
 * superjson, with a look at what comes in: it would drop a `__proto__` key without a word, where
 * the wire promises REJECTED for metadata that has one. Elsewhere such a key is INVALID_INPUT.
 */
export const transformer = {
  serialize: superjson.serialize,
  deserialize(payload: SuperJSONResult): unknown {
    if (hasProtoKey(payload)) {
      const input = Object(payload.json) as { metadata?: unknown };
      throw new UploadError(hasProtoKey(input.metadata) ? "REJECTED" : "INVALID_INPUT", {
        message: 'No key may be called "__proto__".',
      });
    }
    return superjson.deserialize(payload);
  },
};

/** A work list and no recursion: how deep a caller nests must not matter to the stack. */
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
