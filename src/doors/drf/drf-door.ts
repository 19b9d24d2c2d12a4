import { UploadError } from "../../core/errors.ts";
import type { Upload } from "../../core/upload.ts";
import { readDrfPath } from "../../wire/paths.ts";
import type { Door, DoorResponse } from "../http/exchange.ts";
import { createRouteDoor } from "../http/route-door.ts";
import { answerList, answerUpload } from "./answer-uploads.ts";
import { readPosition } from "./chunk-position.ts";
import type { DrfCall, DrfDoorDependencies } from "./drf-call.ts";
import { completeByChecksum } from "./post-checksum.ts";
import { uploadWhole } from "./post-whole.ts";
import { appendChunk, createByChunk } from "./put-chunk.ts";
import { renderDrfError } from "./render-error.ts";

const COLLECTION_METHODS = ["GET", "HEAD", "PUT", "POST"];
const UPLOAD_METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE"];

/**
 * The protocol of drf-chunked-upload: PUT with the first chunk creates an upload, PUT to the URL in the
 * response appends, POST of the checksum completes, POST of a whole file does all of this in one request; GET
 * returns one upload or the list. Clients of the original only change the URL.
 */
export function createDrfDoor(deps: DrfDoorDependencies): Door {
  return createRouteDoor(deps, {
    methodsOf: ({ pathname }) => {
      const target = readDrfPath(pathname);
      if (target === null) return null;
      return target.id === null ? COLLECTION_METHODS : UPLOAD_METHODS;
    },
    opens: ({ method, url, headers }) => {
      const id = method === "PUT" ? readDrfPath(url.pathname)?.id : null;
      return id ? deps.service.opening({ id, position: readPosition(headers) }) : null;
    },
    handle: (call) => handle({ deps, call }),
    renderError: renderDrfError,
  });
}

async function handle(asked: DrfCall): Promise<DoorResponse> {
  const { request, principal } = asked.call;
  const target = readDrfPath(request.url.pathname);
  if (target === null) throw new UploadError("NOT_FOUND");
  const { id } = target;
  if (request.method === "DELETE" && id !== null) {
    await asked.deps.service.remove(principal, id);
    return { status: 204, headers: new Headers(), body: null };
  }
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (isRead && id === null) return answerList(asked);
  return answerUpload(asked, await (id === null ? begin(asked) : serveUpload(asked, id)));
}

function begin(asked: DrfCall): Promise<Upload> {
  return asked.call.request.method === "PUT" ? createByChunk(asked) : uploadWhole(asked);
}

function serveUpload(asked: DrfCall, id: string): Promise<Upload> {
  const { deps, call } = asked;
  if (call.request.method === "PUT") return appendChunk(asked, id);
  if (call.request.method === "POST") return completeByChecksum(asked, id);
  return deps.service.status(call.principal, id);
}
