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

/** POST: creates an upload, with its first bytes if the request has a body, or a final upload of partial ones. */
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
 * tus, Creation With Upload: "The Client MUST include the Content-Type" of tus. Another type is some
 * client's default and is accepted if the request has no body.
 */
function bringsBody(request: DoorRequest): boolean {
  if (hasTusType(request)) return true;
  return request.body !== null && parseByteCount(request.headers.get("content-length")) !== 0;
}

/** Length of the body in bytes, from `Content-Length`; 0 without it. */
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
    message: "Either Upload-Length or Upload-Defer-Length: 1 is required.",
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
      message: "A final upload must have neither a length nor a body.",
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
 * Appends the first bytes. "The Server SHOULD accept as many bytes as possible": after a temporary failure
 * the upload is created with the bytes that arrived, and the client continues with PATCH. If the body is
 * refused, the upload is removed: the client does not know its URL.
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

/** Whether a tus client would retry the same request. */
function passes(error: unknown): boolean {
  if (!isUploadError(error)) return true;
  const status = errorTable[error.code].tus;
  return status >= 500 || status === 423;
}

/** tus, POST: 201 with the upload's URL; `Upload-Offset` if the request may contain bytes. */
function answerCreated({ request, baseUrl }: DoorCall, upload: Upload): DoorResponse {
  const headers = expiryHeaders(upload);
  headers.set("Location", baseUrl + tusUploadPath(upload.id));
  if (hasTusType(request)) headers.set("Upload-Offset", String(upload.offset));
  return { status: 201, headers, body: null };
}
