import { type TRPC_ERROR_CODE_KEY, TRPCError, type TRPCErrorFormatter } from "@trpc/server";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { z } from "zod";
import { isUploadError, UploadError } from "../../core/errors.ts";
import { errorTable, retryAfterSeconds } from "../../wire/error-table.ts";
import type { DoorResponse } from "../http/exchange.ts";
import { answerJson } from "../http/json-answer.ts";
import type { TrpcContext } from "./context.ts";
import { inputIssues } from "./input-issues.ts";
import type { ErrorShape } from "./router-contract.ts";
import { transformer } from "./transformer.ts";

/**
 * Converts any failure into an `UploadError`; messages of tRPC, zod and JavaScript are not sent to clients. An
 * unexpected failure is UNAVAILABLE without details.
 */
export function failureOf(error: TRPCError): UploadError {
  const { cause } = error;
  if (isUploadError(cause)) return cause;
  if (cause instanceof z.ZodError && error.code === "BAD_REQUEST") {
    return new UploadError("INVALID_INPUT", { details: { issues: inputIssues(cause) }, cause });
  }
  switch (error.code) {
    case "BAD_REQUEST":
      return new UploadError("INVALID_INPUT", { cause });
    case "PARSE_ERROR":
      return new UploadError("INVALID_INPUT", { message: "The input is not valid JSON.", cause });
    case "NOT_FOUND":
      return new UploadError("NOT_FOUND");
    case "METHOD_NOT_SUPPORTED":
      return new UploadError("METHOD_NOT_ALLOWED");
    case "UNSUPPORTED_MEDIA_TYPE":
      return new UploadError("UNSUPPORTED_MEDIA_TYPE");
    case "PAYLOAD_TOO_LARGE":
      return new UploadError("BODY_TOO_LARGE");
    default:
      return new UploadError("UNAVAILABLE", { cause: error });
  }
}

/** The error shape of every procedure: code and details in `data.upload`. */
export const renderError: TRPCErrorFormatter<TrpcContext, ErrorShape> = ({ error, shape }) => {
  const failure = failureOf(error);
  const httpStatus = errorTable[failure.code].status;
  const code = trpcCodeOf(httpStatus);
  return {
    message: failure.message,
    code: TRPC_ERROR_CODES_BY_KEY[code],
    data: { ...shape.data, code, httpStatus, upload: { ...failure.details, code: failure.code } },
  };
};

/** An error from before tRPC handles the request, in the same shape. */
export function renderFailure(failure: UploadError): DoorResponse {
  const code = trpcCodeOf(errorTable[failure.code].status);
  const error = new TRPCError({ code, cause: failure });
  const shape = { message: "", code: TRPC_ERROR_CODES_BY_KEY[code], data: { code, httpStatus: 0 } };
  const rendered = renderError({
    error,
    shape,
    ctx: undefined,
    input: undefined,
    path: undefined,
    type: "unknown",
  });
  return answerJson(
    { error: transformer.serialize(rendered) },
    { status: rendered.data.httpStatus, headers: failureHeaders([failure]) },
  );
}

/** The headers of a response with failures: `Retry-After` and `WWW-Authenticate`. */
export function failureHeaders(failures: readonly UploadError[]): Headers {
  const headers = new Headers();
  const waits = failures.map((failure) => retryAfterSeconds(failure) ?? 0);
  const longest = Math.max(0, ...waits);
  if (longest > 0) headers.set("Retry-After", String(longest));
  if (failures.some(({ code }) => code === "UNAUTHENTICATED")) {
    headers.set("WWW-Authenticate", "Bearer");
  }
  return headers;
}

/** The nearest code of tRPC, which has fewer statuses than HTTP. Clients should use `data.upload.code`. */
function trpcCodeOf(status: number): TRPC_ERROR_CODE_KEY {
  if (status >= 500) return "SERVICE_UNAVAILABLE";
  return trpcCodes[status] ?? "BAD_REQUEST";
}

const trpcCodes: { readonly [status: number]: TRPC_ERROR_CODE_KEY } = {
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  409: "CONFLICT",
  410: "NOT_FOUND",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  423: "CONFLICT",
  429: "TOO_MANY_REQUESTS",
};
