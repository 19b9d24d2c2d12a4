import { readBody } from "../../core/append/read-body.ts";
import { UploadError } from "../../core/errors.ts";
import type { Clock } from "../../core/ports/system.ts";
import type { DoorRequest } from "../http/exchange.ts";
import { readControlBody } from "../http/read-control-body.ts";
import { FormReader } from "./form-reader.ts";
import { parseHeader } from "./header-params.ts";

/** Dependencies for reading a body: the door itself aborts an idle body. */
export interface BodyTools {
  readonly clock: Clock;
  readonly idleTimeoutMs: number;
}

/**
 * The body as a form in which `field` is the chunk; null for types that contain no file (urlencoded, JSON, no
 * body). UNSUPPORTED_MEDIA_TYPE for any other type, INVALID_INPUT for a form without a boundary.
 */
export function openForm(
  request: DoorRequest,
  tools: BodyTools & { readonly field: string },
): FormReader | null {
  const kind = kindOf(request);
  if (kind.type !== "form" || request.body === null) return null;
  return new FormReader(watched(request, request.body, tools), {
    boundary: kind.boundary,
    field: tools.field,
    spent: request.body.spent,
  });
}

/**
 * The fields of a control request: a multipart or urlencoded form or a JSON object, at most 1 MiB. The last
 * field of a name is used, as in Django. BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, INVALID_INPUT.
 */
export async function readFields(
  request: DoorRequest,
  tools: BodyTools,
): Promise<ReadonlyMap<string, unknown>> {
  const kind = kindOf(request);
  const body = request.body === null ? null : watched(request, request.body, tools);
  const bytes = await readControlBody({ body, headers: request.headers });
  if (bytes === null || bytes.length === 0) return new Map();
  if (kind.type === "urlencoded") return new Map(new URLSearchParams(textOf(bytes)));
  if (kind.type === "json") return parseObject(textOf(bytes));
  if (kind.type === "none") return new Map();
  const { boundary } = kind;
  const form = new FormReader(once(bytes), { boundary, field: null, maxBeside: bytes.length });
  while (await form.advance());
  return form.fields;
}

type BodyKind =
  | { readonly type: "form"; readonly boundary: string }
  | { readonly type: "urlencoded" }
  | { readonly type: "json" }
  | { readonly type: "none" };

function kindOf({ headers, body }: DoorRequest): BodyKind {
  const coding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (coding !== "" && coding !== "identity") {
    throw new UploadError("UNSUPPORTED_MEDIA_TYPE", {
      message: "The body must be sent without a Content-Encoding.",
    });
  }
  const given = headers.get("content-type") ?? "";
  const { value, params } = parseHeader(given);
  if (value === "multipart/form-data") {
    const boundary = params.get("boundary") ?? "";
    if (boundary !== "") return { type: "form", boundary };
    throw new UploadError("INVALID_INPUT", {
      message: "The form is malformed. Its Content-Type has no boundary.",
    });
  }
  if (value === "application/x-www-form-urlencoded") return { type: "urlencoded" };
  if (value === "application/json") return { type: "json" };
  if (value === "" && (body === null || headers.get("content-length") === "0")) {
    return { type: "none" };
  }
  throw new UploadError("UNSUPPORTED_MEDIA_TYPE", {
    message: `Unsupported media type "${given.slice(0, 100)}" in request.`,
  });
}

function watched(
  { signal }: DoorRequest,
  body: AsyncIterable<Uint8Array>,
  { clock, idleTimeoutMs }: BodyTools,
): AsyncIterable<Uint8Array> {
  return readBody(body, { signal, idleMs: idleTimeoutMs, clock });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UploadError("INVALID_INPUT", { message: "The body is not valid UTF-8.", cause });
  }
}

function parseObject(text: string): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UploadError("INVALID_INPUT", { message: "The body is not valid JSON.", cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return new Map(Object.entries(value));
  }
  throw new UploadError("INVALID_INPUT", { message: "The body is not a JSON object." });
}
