import { UploadError } from "../../core/errors.ts";
import type { ByteRange } from "../../core/ranges.ts";
import type { OpenedUpload } from "../../core/requests.ts";
import { formatContentRange, formatUnsatisfiedRange } from "../../wire/headers.ts";
import {
  attachmentHeader,
  downloadName,
  MAX_ENCODED_IN_URL,
  safeContentType,
} from "./attachment.ts";
import { chooseRange } from "./choose-range.ts";
import { judgeConditions, rangeCounts, type Validators } from "./conditions.ts";
import type { DoorRequest, DoorResponse } from "./exchange.ts";
import { renderProblem } from "./render-error.ts";
import { startReading } from "./start-reading.ts";

/**
 * The response with a finished file to GET or HEAD: 200, 206, 304, 412 or 416; 302 to a URL of the
 * store where it has them. `Range` applies to GET only (RFC 9110, section 14.2). Throws UNAVAILABLE if the first bytes cannot be read; if later bytes cannot be
 * read, the body of the response throws.
 */
export async function answerDownload(
  file: OpenedUpload,
  request: Pick<DoorRequest, "method" | "headers">,
): Promise<DoorResponse> {
  const { size } = file.upload;
  const validators = validatorsOf(file);
  const verdict = judgeConditions(request.headers, validators);
  if (verdict !== "proceed") {
    const status = verdict === "not-modified" ? 304 : 412;
    return { status, headers: validatorHeaders(validators), body: null };
  }
  if (request.method === "GET" && file.link !== null) return redirect(file, file.link);
  const chosen =
    request.method === "GET" && rangeCounts(request.headers, validators)
      ? chooseRange(request.headers.get("range"), size)
      : "whole";
  if (chosen === "none") return answerUnsatisfiable(size);
  const range = chosen === "whole" ? { start: 0, end: size } : chosen;
  const headers = fileHeaders(file, validators);
  headers.set("Content-Length", String(range.end - range.start));
  if (chosen !== "whole") headers.set("Content-Range", formatContentRange(range, size));
  const status = chosen === "whole" ? 200 : 206;
  const body = request.method === "GET" ? await readRange(file, range) : null;
  return { status, headers, body };
}

/** The store sends the bytes, ranges included. The URL is a secret, so no cache may keep it. */
async function redirect(
  { upload }: OpenedUpload,
  link: NonNullable<OpenedUpload["link"]>,
): Promise<DoorResponse> {
  const name = downloadName(upload, MAX_ENCODED_IN_URL);
  const location = await link({
    contentType: safeContentType(upload.contentType),
    contentDisposition: attachmentHeader(name, MAX_ENCODED_IN_URL),
  });
  const headers = new Headers({
    Location: location,
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
  });
  return { status: 302, headers, body: null };
}

function validatorsOf({ upload }: OpenedUpload): Validators {
  return {
    etag: `"${upload.checksumAlgorithm}-${upload.checksum}"`,
    lastModified: upload.completedAt ?? upload.updatedAt,
  };
}

function validatorHeaders({ etag, lastModified }: Validators): Headers {
  return new Headers({
    ETag: etag,
    "Last-Modified": lastModified.toUTCString(),
    "Cache-Control": "private, no-cache",
  });
}

function fileHeaders({ upload }: OpenedUpload, validators: Validators): Headers {
  const headers = validatorHeaders(validators);
  headers.set("Accept-Ranges", "bytes");
  headers.set("Content-Type", safeContentType(upload.contentType));
  headers.set("Content-Disposition", attachmentHeader(downloadName(upload)));
  // No browser may run a file of any type on this origin, nor embed it in another.
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Content-Security-Policy", "sandbox");
  return headers;
}

async function readRange(file: OpenedUpload, range: ByteRange): Promise<DoorResponse["body"]> {
  return range.end === range.start ? null : startReading(file.read(range));
}

function answerUnsatisfiable(size: number): DoorResponse {
  const answer = renderProblem(new UploadError("RANGE_NOT_SATISFIABLE", { details: { size } }));
  answer.headers.set("Content-Range", formatUnsatisfiedRange(size));
  return answer;
}
