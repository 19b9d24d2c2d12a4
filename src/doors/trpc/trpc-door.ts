import type { TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { isUploadError, UploadError } from "../../core/errors.ts";
import type { Profiles } from "../../core/profiles.ts";
import { segmentsBelow, TRPC_PATH } from "../../wire/paths.ts";
import type { Door, DoorRequest, DoorResponse } from "../http/exchange.ts";
import { readControlBody } from "../http/read-control-body.ts";
import { REQUEST_ID_HEADER, readRequestId } from "../http/request-id.ts";
import { createRouteDoor, type DoorCall, type RouteDoorDependencies } from "../http/route-door.ts";
import { toUploadError } from "../http/to-upload-error.ts";
import { createAppRouter, type RouterDependencies } from "./app-router.ts";
import { failureHeaders, failureOf, renderFailure } from "./render-error.ts";

/** No batch has more calls than this. */
const MAX_BATCH_SIZE = 10;

export type TrpcDoorDependencies = RouterDependencies<Profiles> & RouteDoorDependencies;

/** The tRPC door: everything about uploads, tokens and administration but the bytes themselves. */
export function createTrpcDoor(deps: TrpcDoorDependencies): Door {
  const router = createAppRouter(deps);

  return createRouteDoor(deps, {
    methodsOf: (url) => (segmentsBelow(TRPC_PATH, url.pathname) === null ? null : ["GET", "POST"]),
    renderError: renderFailure,
    handle: answer,
  });

  async function answer({ request, principal, baseUrl }: DoorCall): Promise<DoorResponse> {
    requireKnownForm(request);
    const failures: TRPCError[] = [];
    const response = await fetchRequestHandler({
      endpoint: TRPC_PATH,
      router,
      req: await toWebRequest(request),
      maxBatchSize: MAX_BATCH_SIZE,
      // A query whose input is too long for a URL travels as a POST that says so.
      allowMethodOverride: request.headers.get("x-http-method-override") === "GET",
      createContext: () => ({ principal, origin: baseUrl, requestId: requestIdOf(request) }),
      onError({ error }) {
        failures.push(error);
        // Only what nobody foresaw is handed on as it is, and so logged as a fault.
        const unforeseen = error.code === "INTERNAL_SERVER_ERROR" && !isUploadError(error.cause);
        toUploadError(unforeseen ? error : failureOf(error), request, deps.log);
      },
      responseMeta: ({ errors, type }) => {
        const headers = failureHeaders(errors.map(failureOf));
        if (errors.some(({ code }) => code === "METHOD_NOT_SUPPORTED")) {
          headers.set("Allow", type === "mutation" ? "POST, OPTIONS" : "GET, OPTIONS");
        }
        return { headers };
      },
    });
    return (await refusedSubscription(response, failures)) ?? toDoorResponse(response);
  }
}

/**
 * UNSUPPORTED_MEDIA_TYPE for a body that is not JSON: tRPC hands other bodies to procedures as if there
 * were no input, so that `sweep` would miss its `dryRun`. INVALID_INPUT for too large a batch.
 */
function requireKnownForm({ method, headers, url }: DoorRequest): void {
  if (method === "POST" && mediaTypeOf(headers) !== "application/json")
    throw new UploadError("UNSUPPORTED_MEDIA_TYPE");
  const calls = url.searchParams.has("batch") ? url.pathname.split(",").length : 1;
  if (calls > MAX_BATCH_SIZE) {
    throw new UploadError("INVALID_INPUT", {
      message: `A batch has at most ${MAX_BATCH_SIZE} calls.`,
    });
  }
}

function requestIdOf({ headers }: DoorRequest): string | null {
  return readRequestId(headers.get(REQUEST_ID_HEADER));
}

function mediaTypeOf(headers: Headers): string | undefined {
  return headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
}

/** A copy that tRPC can read; the body is read first, so that its length is known to be bearable. */
async function toWebRequest(request: DoorRequest): Promise<Request> {
  const { method, signal } = request;
  const headers = new Headers(request.headers);
  const body = method === "GET" ? null : await readControlBody(request);
  // tRPC would read the input of a GET by the type of a body that it does not have.
  if (method === "GET") headers.delete("content-type");
  return new Request(request.url, { method, headers, signal, body });
}

/**
 * A subscription that was refused before its first event answers with the error's status, as any
 * other call does. tRPC would open the stream (200) and send the error in it; that is left so for
 * what may pass (5xx), since a browser's EventSource connects anew after an event, never after a
 * status.
 */
async function refusedSubscription(
  response: Response,
  failures: readonly TRPCError[],
): Promise<DoorResponse | null> {
  const [first] = failures;
  if (first === undefined || !isEventStream(response)) return null;
  const refusal = renderFailure(failureOf(first));
  if (refusal.status >= 500) return null;
  await response.body?.cancel();
  return refusal;
}

function isEventStream(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
}

async function toDoorResponse(response: Response): Promise<DoorResponse> {
  const { status, headers } = response;
  const streams = isEventStream(response) || headers.has("transfer-encoding");
  // The length of a stream is the host's business (RFC 9112, section 6.1), not an application's.
  headers.delete("transfer-encoding");
  // tRPC leaves the type out where it refuses a body's type before it knows the call.
  if (!streams) headers.set("content-type", "application/json");
  return { status, headers, body: streams ? response.body : await response.text() };
}
