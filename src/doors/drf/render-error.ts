import type { UploadError } from "../../core/errors.ts";
import { errorTable, retryAfterSeconds } from "../../wire/error-table.ts";
import { readDrfPath } from "../../wire/paths.ts";
import type { DoorRequest, DoorResponse } from "../http/exchange.ts";
import { answerJson } from "../http/json-answer.ts";

/** The original's message for creating an upload without a credential. */
const NOBODY_BEGINS = "Upload requires user authentication but user cannot be determined";

/**
 * An error in the original's form: `detail` and the details (`expected_offset`, `provided_offset`), with
 * our `code`, which clients of the original ignore.
 */
export function renderDrfError(error: UploadError, request: DoorRequest): DoorResponse {
  const { code, details } = error;
  const headers = new Headers();
  const retryAfter = retryAfterSeconds(error);
  if (retryAfter !== null) headers.set("Retry-After", String(retryAfter));
  if (code === "UNAUTHENTICATED") headers.set("WWW-Authenticate", "Token, Bearer");
  const detail = code === "UNAUTHENTICATED" && begins(request) ? NOBODY_BEGINS : error.message;
  return answerJson({ ...details, detail, code }, { status: errorTable[code].drf, headers });
}

function begins({ method, url }: DoorRequest): boolean {
  return (method === "PUT" || method === "POST") && isCollection(url.pathname);
}

function isCollection(pathname: string): boolean {
  try {
    return readDrfPath(pathname)?.id === null;
  } catch {
    return false;
  }
}
