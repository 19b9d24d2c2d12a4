import { UploadError } from "../../core/errors.ts";
import type { Upload } from "../../core/upload.ts";
import type { UploadService } from "../../core/upload-service.ts";
import { toRawUpload } from "../../wire/drf-shape.ts";
import { parseContentRange } from "../../wire/headers.ts";
import { type RawTarget, readRawPath } from "../../wire/paths.ts";
import { answerDownload } from "../http/download.ts";
import type { Door, DoorResponse } from "../http/exchange.ts";
import { answerJson } from "../http/json-answer.ts";
import { renderProblem } from "../http/render-error.ts";
import { createRouteDoor, type DoorCall, type RouteDoorDependencies } from "../http/route-door.ts";
import { readChunk } from "./read-chunk.ts";

export interface ChunksDoorDependencies extends RouteDoorDependencies {
  readonly service: Pick<
    UploadService,
    "append" | "opening" | "status" | "remove" | "open" | "result"
  >;
}

const methodsOfPart: { readonly [part in RawTarget["part"]]: readonly string[] } = {
  upload: ["GET", "HEAD", "PUT", "DELETE"],
  file: ["GET", "HEAD"],
};

/**
 * The raw door, `/api/uploads/{id}`: PUT appends a chunk, HEAD and GET return the offset, DELETE removes the
 * upload, and `GET /api/uploads/{id}/file` returns the finished file.
 */
export function createChunksDoor(deps: ChunksDoorDependencies): Door {
  return createRouteDoor(deps, {
    methodsOf: ({ pathname }) => {
      const target = readRawPath(pathname);
      return target === null ? null : methodsOfPart[target.part];
    },
    opens: (request) => {
      const target = request.method === "PUT" ? readRawPath(request.url.pathname) : null;
      if (target?.part !== "upload") return null;
      const position = parseContentRange(request.headers.get("content-range"));
      return deps.service.opening({ id: target.id, position });
    },
    handle: (call) => handle(deps, call),
    renderError: renderProblem,
  });
}

async function handle(deps: ChunksDoorDependencies, call: DoorCall): Promise<DoorResponse> {
  const { request, principal, opening } = call;
  const target = readRawPath(request.url.pathname);
  if (target === null) throw new UploadError("NOT_FOUND");
  const { service } = deps;
  if (target.part === "file") {
    return answerDownload(await service.open(principal, target.id), request);
  }
  if (request.method === "DELETE") {
    await service.remove(principal, target.id);
    return { status: 204, headers: new Headers(), body: null };
  }
  const upload =
    request.method === "PUT"
      ? await service.append(principal, { ...readChunk(request, target.id), opening })
      : await service.status(principal, target.id);
  return answerUpload(deps, call, upload);
}

function answerUpload(deps: ChunksDoorDependencies, call: DoorCall, upload: Upload): DoorResponse {
  const headers = new Headers({ "Upload-Offset": String(upload.offset) });
  if (upload.size !== null) headers.set("Upload-Length", String(upload.size));
  const data = deps.service.result(upload);
  return answerJson(toRawUpload(upload, { baseUrl: call.baseUrl, data }), { headers });
}
