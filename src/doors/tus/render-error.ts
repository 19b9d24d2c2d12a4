import type { UploadError } from "../../core/errors.ts";
import { errorTable } from "../../wire/error-table.ts";
import type { DoorResponse } from "../http/exchange.ts";
import { renderProblemAs } from "../http/render-error.ts";
import { TUS_VERSION } from "./protocol.ts";

/** `Retry-After` for a full disk: an operator must free space. */
const STORAGE_RETRY_SECONDS = 30;

/** An error with its status at this door: tus clients retry after 5xx, 409 and 423 only. */
export function renderTusError(error: UploadError): DoorResponse {
  const answer = renderProblemAs(error, statusOf(error));
  const { headers, status } = answer;
  // The offset to continue at saves the client a HEAD request.
  const offset = error.details.expected_offset;
  if (status === 409 && typeof offset === "number") headers.set("Upload-Offset", String(offset));
  // tus, Tus-Resumable: the response to an unsupported version MUST include this header.
  if (error.code === "UNSUPPORTED_VERSION") headers.set("Tus-Version", TUS_VERSION);
  if (status >= 500 && !headers.has("retry-after")) {
    headers.set("Retry-After", String(STORAGE_RETRY_SECONDS));
  }
  return answer;
}

function statusOf({ code, details }: UploadError): number {
  // tus, Concatenation: "MUST respond with the 403 Forbidden status to PATCH requests against a final".
  if (code === "ALREADY_COMPLETE" && details.concat === "final") return 403;
  return errorTable[code].tus;
}
