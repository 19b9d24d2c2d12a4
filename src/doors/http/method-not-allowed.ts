import { UploadError } from "../../core/errors.ts";
import { listMethods } from "./cors.ts";
import type { DoorResponse } from "./exchange.ts";

/** METHOD_NOT_ALLOWED, with the methods of the path in `details.allowed`. */
export function methodNotAllowed(methods: readonly string[]): UploadError {
  return new UploadError("METHOD_NOT_ALLOWED", { details: { allowed: methods } });
}

/** Adds `Allow` to the response for METHOD_NOT_ALLOWED (RFC 9110, section 15.5.6). */
export function nameAllowed(answer: DoorResponse, { code, details }: UploadError): DoorResponse {
  const { allowed } = details;
  if (code === "METHOD_NOT_ALLOWED" && Array.isArray(allowed)) {
    answer.headers.set("Allow", listMethods(allowed));
  }
  return answer;
}
