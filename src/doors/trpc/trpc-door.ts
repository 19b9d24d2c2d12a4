import type { TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { isUploadError, UploadError } from "../../core/errors.ts";
import type { Profiles } from "../../core/profiles.ts";
import { segmentsBelow, TRPC_PATH } from "../../wire/paths.ts";
import type { Door, DoorRequest, DoorResponse } from "../http/exchange.ts";
import { readControlBody } from "../http/read-control-body.ts";
import { createRouteDoor, type DoorCall, type RouteDoorDependencies } from "../http/route-door.ts";
import { toUploadError } from "../http/to-upload-error.ts";
import { createAppRouter, type RouterDependencies } from "./app-router.ts";
import { failureHeaders, failureOf, renderFailure } from "./render-error.ts";

/** Maximum number of calls in a batch. */
const MAX_BATCH_SIZE = 10;

export type TrpcDoorDependencies = RouterDependencies<Profiles> & RouteDoorDependencies;

/** The tRPC door: uploads, tokens and administration, without chunk bodies. */
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
      // A query whose input is too long for a URL is sent as a POST with this header.
      allowMethodOverride: request.headers.get("x-http-method-override") === "GET",
      createContext: () => ({ principal, origin: baseUrl }),
      onError({ error }) {
        failures.push(error);
        // An unexpected error is passed on unchanged, so that it is logged as an error.
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
 * UNSUPPORTED_MEDIA_TYPE for a body that is not JSON: tRPC calls procedures without input for other bodies, so
 * that `sweep` would miss its `dryRun`. INVALID_INPUT for a batch that is too large.
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

function mediaTypeOf(headers: Headers): string | undefined {
  return headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
}

/** Converts the request for tRPC. The body is read first, to limit its length. */
async function toWebRequest(request: DoorRequest): Promise<Request> {
  const { method, signal } = request;
  const headers = new Headers(request.headers);
  const body = method === "GET" ? null : await readControlBody(request);
  // With a content type, tRPC would parse the input of a GET as a body of that type.
  if (method === "GET") headers.delete("content-type");
  return new Request(request.url, { method, headers, signal, body });
}

/**
 * A subscription that is refused before its first event returns the error's status, like any other call. tRPC
 * would open the stream (200) and send the error in it. For temporary errors (5xx) this is kept, because a
 * browser's EventSource reconnects after an event in a stream, but never after an error status.
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
  // The HTTP server frames a stream (RFC 9112, section 6.1), not the application.
  headers.delete("transfer-encoding");
  // tRPC sets no type if it refuses the type of a body before it knows the call.
  if (!streams) headers.set("content-type", "application/json");
  return { status, headers, body: streams ? response.body : await response.text() };
}
