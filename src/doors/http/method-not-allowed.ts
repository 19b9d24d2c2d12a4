import { UploadError } from "../../core/errors.ts";
import { listMethods } from "./cors.ts";
import type { DoorResponse } from "./exchange.ts";

/** METHOD_NOT_ALLOWED, naming what the path takes in `details.allowed`. */
export function methodNotAllowed(methods: readonly string[]): UploadError {
  return new UploadError("METHOD_NOT_ALLOWED", { details: { allowed: methods } });
}

/** Puts `Allow` on the answer to METHOD_NOT_ALLOWED (RFC 9110, section 15.5.6). */
export function nameAllowed(answer: DoorResponse, { code, details }: UploadError): DoorResponse {
  const { allowed } = details;
  if (code === "METHOD_NOT_ALLOWED" && Array.isArray(allowed)) {
    answer.headers.set("Allow", listMethods(allowed));
  }
  return answer;
}
