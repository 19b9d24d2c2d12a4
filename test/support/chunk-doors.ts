/** A chunk of a file on its way to a door. `end` is exclusive. */
export interface DoorChunk {
  readonly url: string;
  readonly id: string;
  /** Those of the credential. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly start: number;
  readonly size: number;
}

type SendChunk = (chunk: DoorChunk) => Promise<Response>;

/** Sends a chunk through each door that takes bytes, as its clients do. */
export const chunkDoors: Readonly<Record<"raw" | "tus" | "drf", SendChunk>> = {
  raw: (chunk) =>
    fetch(`${chunk.url}/api/uploads/${chunk.id}`, {
      method: "PUT",
      headers: { ...chunk.headers, "content-range": contentRange(chunk) },
      body: chunk.bytes,
    }),
  tus: ({ url, id, headers, start, bytes }) =>
    fetch(`${url}/api/tus/${id}`, {
      method: "PATCH",
      headers: {
        ...{ ...headers, "tus-resumable": "1.0.0", "upload-offset": String(start) },
        "content-type": "application/offset+octet-stream",
      },
      body: bytes,
    }),
  drf: (chunk) => {
    const form = new FormData();
    form.append("file", new Blob([chunk.bytes]), "a");
    const headers = { ...chunk.headers, "content-range": contentRange(chunk) };
    const url = `${chunk.url}/api/chunked_upload/${chunk.id}/`;
    return fetch(url, { method: "PUT", headers, body: form });
  },
};

function contentRange({ start, bytes, size }: DoorChunk): string {
  return `bytes ${start}-${start + bytes.length - 1}/${size}`;
}
