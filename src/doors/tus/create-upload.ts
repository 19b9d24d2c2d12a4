import { refuseOverrun } from "../../core/append/plan-append.ts";
import { isUploadError, UploadError } from "../../core/errors.ts";
import type { InitRequest } from "../../core/requests.ts";
import type { Upload } from "../../core/upload.ts";
import type { UploadService } from "../../core/upload-service.ts";
import { errorTable } from "../../wire/error-table.ts";
import { parseByteCount } from "../../wire/headers.ts";
import { tusUploadPath } from "../../wire/paths.ts";
import type { DoorRequest, DoorResponse } from "../http/exchange.ts";
import type { DoorCall } from "../http/route-door.ts";
import { type Concat, parseConcat } from "./concat.ts";
import { describeUpload } from "./metadata.ts";
import { hasTusType, readByteHeader, requireTusBody, toAppend } from "./read-body.ts";
import { expiryHeaders } from "./upload-headers.ts";

export type Creating = Pick<UploadService, "init" | "concatenate" | "append" | "status" | "remove">;

/** POST: creates an upload, with its first bytes when they are there, or a final of partials. */
export async function createUpload(service: Creating, call: DoorCall): Promise<DoorResponse> {
  const { request } = call;
  const concat = parseConcat(request.headers.get("upload-concat"), request.url);
  if (concat?.kind === "final") return createFinal(service, call, concat);
  const withBody = bringsBody(request);
  if (withBody) requireTusBody(request);
  const creation = readCreation(request, concat);
  if (withBody) refuseOverrun(announcedLength(request), creation.size ?? null);
  const upload = await service.init(call.principal, { ...creation, bodyFollows: withBody });
  if (!withBody) return answerCreated(call, upload);
  return answerCreated(call, await takeFirstBytes(service, call, upload));
}

/**
 * tus, Creation With Upload: "The Client MUST include the Content-Type" of tus. Another one is some
 * client's default, and welcome as long as no body comes with it.
 */
function bringsBody(request: DoorRequest): boolean {
  if (hasTusType(request)) return true;
  return request.body !== null && parseByteCount(request.headers.get("content-length")) !== 0;
}

/** Bytes in the body as far as its sender tells. */
function announcedLength({ headers }: DoorRequest): number {
  return parseByteCount(headers.get("content-length")) ?? 0;
}

function readCreation(request: DoorRequest, concat: Concat | null): InitRequest {
  return {
    ...describeUpload(request.headers.get("upload-metadata")),
    size: readLength(request),
    origin: "tus",
    concat: concat === null ? undefined : "partial",
  };
}

/** tus, Creation: one of `Upload-Length` and `Upload-Defer-Length: 1`. Null: deferred. */
function readLength(request: DoorRequest): number | null {
  const length = readByteHeader(request, "Upload-Length");
  const deferred = request.headers.get("upload-defer-length");
  const isOne = (length !== null) !== (deferred !== null);
  if (isOne && (deferred === null || deferred === "1")) return length;
  throw new UploadError("INVALID_INPUT", {
    message: "Either Upload-Length or Upload-Defer-Length: 1 is needed.",
    details: { header: "Upload-Length" },
  });
}

async function createFinal(
  service: Creating,
  call: DoorCall,
  concat: Concat & { kind: "final" },
): Promise<DoorResponse> {
  const { headers } = call.request;
  // tus, Concatenation: "The Client MUST NOT include the Upload-Length header in the final upload creation."
  const isSized = headers.has("upload-length") || headers.has("upload-defer-length");
  const isEmpty = call.request.body === null || parseByteCount(headers.get("content-length")) === 0;
  if (isSized || !isEmpty) {
    throw new UploadError("INVALID_INPUT", {
      message: "A final upload has neither a length nor a body of its own.",
      details: { header: "Upload-Concat" },
    });
  }
  const upload = await service.concatenate(call.principal, {
    ...describeUpload(headers.get("upload-metadata")),
    parts: concat.parts,
    uploadConcat: concat.header,
  });
  return answerCreated(call, upload);
}

/**
 * The upload after its first bytes. "The Server SHOULD accept as many bytes as possible": when they
 * end early for a reason that passes, the upload is there with those that arrived, and its client
 * goes on by PATCH. A body that is refused takes its upload with it, whose URL nobody has heard.
 */
async function takeFirstBytes(
  service: Creating,
  { request, principal }: DoorCall,
  { id }: Upload,
): Promise<Upload> {
  try {
    return await service.append(principal, toAppend(request, { id, offset: 0 }));
  } catch (error) {
    if (request.signal.aborted) throw error;
    if (passes(error)) return await service.status(principal, id);
    await service.remove(principal, id);
    throw error;
  }
}

/** Whether a tus client would try the same again. */
function passes(error: unknown): boolean {
  if (!isUploadError(error)) return true;
  const status = errorTable[error.code].tus;
  return status >= 500 || status === 423;
}

/** tus, POST: 201 with the upload's URL; `Upload-Offset` when bytes could come with the request. */
function answerCreated({ request, baseUrl }: DoorCall, upload: Upload): DoorResponse {
  const headers = expiryHeaders(upload);
  headers.set("Location", baseUrl + tusUploadPath(upload.id));
  if (hasTusType(request)) headers.set("Upload-Offset", String(upload.offset));
  return { status: 201, headers, body: null };
}
