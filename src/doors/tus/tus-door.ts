import { UploadError } from "../../core/errors.ts";
import type { Upload } from "../../core/upload.ts";
import type { UploadService } from "../../core/upload-service.ts";
import { readTusPath } from "../../wire/paths.ts";
import { answerDownload } from "../http/download.ts";
import type { Door, DoorResponse } from "../http/exchange.ts";
import { createRouteDoor, type DoorCall, type RouteDoorDependencies } from "../http/route-door.ts";
import { type Creating, createUpload } from "./create-upload.ts";
import { requireVersion, serverHeaders, TUS_VERSION } from "./protocol.ts";
import { readByteHeader, requireTusBody, statedPosition, toAppend } from "./read-body.ts";
import { renderTusError } from "./render-error.ts";
import { expiryHeaders, standingHeaders } from "./upload-headers.ts";

export interface TusDoorDependencies extends RouteDoorDependencies {
  readonly service: Creating & Pick<UploadService, "opening" | "resume" | "open">;
  /** `Tus-Max-Size`: the limit of uploads whose metadata names no profile, bytes; null for none. */
  readonly maxBytes: number | null;
}

/**
 * The tus door (protocol 1.0.0, all extensions except concatenation of unfinished uploads): POST creates,
 * HEAD returns the offset, PATCH appends, DELETE removes, and GET returns the finished file.
 * https://tus.io/protocols/resumable-upload
 */
export function createTusDoor(deps: TusDoorDependencies): Door {
  const door = createRouteDoor(deps, {
    methodsOf: ({ pathname }) => {
      const target = readTusPath(pathname);
      if (target === null) return null;
      return target.id === null ? ["POST"] : ["GET", "HEAD", "PATCH", "DELETE"];
    },
    opens: (request) => {
      const id = request.method === "PATCH" ? readTusPath(request.url.pathname)?.id : null;
      return id ? deps.service.opening({ id, position: statedPosition(request) }) : null;
    },
    handle: (call) => handle(deps, call),
    renderError: renderTusError,
    // GET is not part of the protocol: browsers and other HTTP clients use it to download.
    screen: (request) => {
      const isPlainGet = request.method === "GET" && !request.headers.has("tus-resumable");
      if (!isPlainGet) requireVersion(request);
    },
    optionsHeaders: (request) => serverHeaders(request, deps.maxBytes),
    // tus, X-HTTP-Method-Override: "The actual method of the request MUST be ignored."
    honoursMethodOverride: true,
  });
  return async (request) => {
    const answer = await door(request);
    // tus, Tus-Resumable: in "every request and response except for OPTIONS requests".
    if (request.method !== "OPTIONS") answer.headers.set("Tus-Resumable", TUS_VERSION);
    return answer;
  };
}

async function handle(deps: TusDoorDependencies, call: DoorCall): Promise<DoorResponse> {
  const { request, principal } = call;
  const { service } = deps;
  const id = readTusPath(request.url.pathname)?.id ?? null;
  if (id === null) return createUpload(service, call);
  if (request.method === "PATCH") return patchUpload(deps, call, id);
  if (request.method === "DELETE") {
    await service.remove(principal, id);
    return { status: 204, headers: new Headers(), body: null };
  }
  const upload = await service.resume(principal, id);
  if (request.method === "GET" && upload.state === "complete") {
    return withOffset(await answerDownload(await service.open(principal, id), request), upload);
  }
  // Some caches send GET for HEAD: the client must get the offset from its response, too.
  return { status: 200, headers: standingHeaders(upload), body: null };
}

/** nginx's cache sends GET for a client's HEAD: the response with the file has the offset, too. */
function withOffset(answer: DoorResponse, upload: Upload): DoorResponse {
  answer.headers.set("Upload-Offset", String(upload.offset));
  answer.headers.set("Upload-Length", String(upload.offset));
  return answer;
}

/** tus, PATCH: 204 with the new offset, or 409 if the body does not start at the current one. */
async function patchUpload(
  { service }: TusDoorDependencies,
  { request, principal, opening }: DoorCall,
  id: string,
): Promise<DoorResponse> {
  requireTusBody(request);
  const offset = readByteHeader(request, "Upload-Offset");
  if (offset === null) {
    throw new UploadError("INVALID_INPUT", {
      message: "The Upload-Offset header is missing.",
      details: { header: "Upload-Offset" },
    });
  }
  const total = readByteHeader(request, "Upload-Length") ?? undefined;
  const upload = await service.append(principal, {
    ...toAppend(request, { id, offset, total }),
    opening,
  });
  const headers = expiryHeaders(upload);
  headers.set("Upload-Offset", String(upload.offset));
  return { status: 204, headers, body: null };
}
