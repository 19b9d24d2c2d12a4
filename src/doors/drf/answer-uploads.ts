import type { UploadPage } from "../../core/ports/uploads.ts";
import type { Upload } from "../../core/upload.ts";
import { type DrfUpload, toDrfUpload } from "../../wire/drf-shape.ts";
import { drfUploadPath } from "../../wire/paths.ts";
import type { DoorResponse } from "../http/exchange.ts";
import { answerJson } from "../http/json-answer.ts";
import type { DrfCall } from "./drf-call.ts";

const PAGE_LENGTH = 100;

/** One upload, in the shape of the original's serializer. */
export function answerUpload(asked: DrfCall, upload: Upload): DoorResponse {
  return answerJson(shape(asked, upload));
}

/**
 * The principal's uploads as one JSON array, newest first. Pages are read as the client receives them, so
 * that a list of any length needs the memory of one page. An anonymous client gets an empty list, as from
 * the original.
 */
export async function answerList(asked: DrfCall): Promise<DoorResponse> {
  if (asked.call.principal.kind === "anonymous") return answerJson([]);
  // Read the first page before responding, so that its failure is an error response and not a broken connection.
  const first = await readPage(asked, undefined);
  const headers = new Headers({ "Content-Type": "application/json", "Cache-Control": "no-store" });
  return { status: 200, headers, body: writeArray(asked, first) };
}

async function* writeArray(asked: DrfCall, first: UploadPage): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let page = first;
  let separator = "[";
  for (;;) {
    const items = page.items.map((upload) => JSON.stringify(shape(asked, upload)));
    if (items.length > 0) {
      yield encoder.encode(separator + items.join(","));
      separator = ",";
    }
    if (page.nextCursor === null) break;
    page = await readPage(asked, page.nextCursor);
  }
  yield encoder.encode(separator === "[" ? "[]" : "]");
}

function readPage({ deps, call }: DrfCall, cursor: string | undefined): Promise<UploadPage> {
  return deps.service.list(call.principal, { limit: PAGE_LENGTH, cursor });
}

function shape({ deps, call }: DrfCall, upload: Upload): DrfUpload {
  return toDrfUpload(upload, {
    baseUrl: call.baseUrl,
    path: drfUploadPath(upload.id),
    data: deps.service.result(upload),
  });
}
