import { UploadError } from "../../core/errors.ts";
import type { Authenticate } from "../../core/ports/authenticator.ts";
import type { Logger } from "../../core/ports/system.ts";
import type { Principal } from "../../core/principal.ts";
import type { BodyOpening } from "../../core/requests.ts";
import { authenticateRequest } from "./authenticate-request.ts";
import { baseUrlOf } from "./base-url.ts";
import { addCors, answerOptions } from "./cors.ts";
import type { Door, DoorConfig, DoorRequest, DoorResponse } from "./exchange.ts";
import { methodNotAllowed, nameAllowed } from "./method-not-allowed.ts";
import { toUploadError } from "./to-upload-error.ts";

export interface RouteDoorDependencies {
  readonly authenticate: Authenticate;
  readonly config: DoorConfig;
  readonly log: Logger;
}

/** An authenticated request. */
export interface DoorCall {
  /** Its method is the overriding one if the door supports an override. */
  readonly request: DoorRequest;
  readonly principal: Principal;
  /** Scheme and host for URLs in the response, without a trailing slash. */
  readonly baseUrl: string;
  /** What `DoorRules.opens` returned. */
  readonly opening: BodyOpening | null;
}

/** What a door adds to the common steps. */
export interface DoorRules {
  /**
   * The methods of the path, without OPTIONS; null for an unknown path (NOT_FOUND).
   * May throw INVALID_INPUT for a malformed path.
   */
  readonly methodsOf: (url: URL) => readonly string[] | null;
  readonly handle: (call: DoorCall) => Promise<DoorResponse>;
  /** What authentication opens for a request with a body; null for other requests. Must not throw. */
  readonly opens?: (request: DoorRequest) => BodyOpening | null;
  /** Renders an error in the door's format. Must not throw. */
  readonly renderError: (error: UploadError, request: DoorRequest) => DoorResponse;
  /** Checks an authenticated request before its path and method; throws an `UploadError`. */
  readonly screen?: (request: DoorRequest) => void;
  /** Headers of the response to OPTIONS in addition to the methods. */
  readonly optionsHeaders?: (request: DoorRequest) => Headers;
  /** Whether `X-HTTP-Method-Override` replaces the method. */
  readonly honoursMethodOverride?: boolean;
}

/**
 * Creates a door with the common steps: OPTIONS for any client; authentication (401 for every method, 403 for
 * cross-site changes); the protocol's version; path and method (404, 405); the door's own work; errors in its
 * format; CORS; `no-store` unless the response sets `Cache-Control`; no body for HEAD. The body is not read before
 * the client is authenticated.
 */
export function createRouteDoor(deps: RouteDoorDependencies, rules: DoorRules): Door {
  return async (received) => {
    const request = rules.honoursMethodOverride ? withOverride(received) : received;
    try {
      return finish(await answer(deps, rules, request), request, deps.config);
    } catch (thrown) {
      const error = toUploadError(thrown, request, deps.log);
      const rendered = nameAllowed(rules.renderError(error, request), error);
      return finish(rendered, request, deps.config);
    }
  };
}

async function answer(
  deps: RouteDoorDependencies,
  rules: DoorRules,
  request: DoorRequest,
): Promise<DoorResponse> {
  if (request.method === "OPTIONS") {
    const options = answerOptions(request, deps.config, rules.methodsOf(request.url) ?? []);
    rules.optionsHeaders?.(request).forEach((value, name) => {
      options.headers.set(name, value);
    });
    return options;
  }
  const opening = rules.opens?.(request) ?? null;
  try {
    const { principal } = await authenticateRequest(request, deps, opening);
    rules.screen?.(request);
    const methods = rules.methodsOf(request.url);
    if (methods === null) throw new UploadError("NOT_FOUND");
    if (!methods.includes(request.method)) throw methodNotAllowed(methods);
    const baseUrl = baseUrlOf(request, deps.config);
    return await rules.handle({ request, principal, baseUrl, opening });
  } finally {
    await opening?.end();
  }
}

function withOverride(request: DoorRequest): DoorRequest {
  const method = request.headers.get("x-http-method-override");
  return method === null ? request : { ...request, method: method.toUpperCase() };
}

function finish(answered: DoorResponse, request: DoorRequest, config: DoorConfig): DoorResponse {
  const headers = new Headers(answered.headers);
  if (!headers.has("access-control-allow-origin")) addCors(headers, request, config);
  if (!headers.has("cache-control")) headers.set("Cache-Control", "no-store");
  return { ...answered, headers, body: request.method === "HEAD" ? null : answered.body };
}
