"use client";

import { useState } from "react";
import { createUploadClient, type Upload } from "trpc-chunked-upload/client";
import { useUpload } from "trpc-chunked-upload/react";
import { beginUpload, ticketFor } from "./actions";

/** The server of this app creates the upload; the browser sends the bytes with a ticket for it. */
async function send(file: File): Promise<Upload> {
  const { id, url } = await beginUpload({
    filename: file.name,
    size: file.size,
    contentType: file.type,
  });
  const client = createUploadClient({ url, token: () => ticketFor(id) });
  return client.continueUpload(file, { uploadId: id });
}

export function Uploader() {
  const [upload, setUpload] = useState<Upload | null>(null);
  return (
    <>
      <input
        type="file"
        aria-label="File"
        onChange={async ({ target }) => {
          const file = target.files?.[0];
          if (file) setUpload(await send(file));
        }}
      />
      {upload && <Progress upload={upload} />}
    </>
  );
}

function Progress({ upload }: { upload: Upload }) {
  const { filename, phase, acknowledged, size, view, failure } = useUpload(upload);
  return (
    <section aria-label={filename}>
      <progress value={acknowledged} max={size ?? undefined} />
      {phase === "paused" ? (
        <button onClick={() => upload.resume()}>Resume</button>
      ) : (
        <button onClick={() => upload.pause()}>Pause</button>
      )}
      {phase === "done" && <output>Received: {view?.checksum}</output>}
      {failure && <p role="alert">{failure.code}</p>}
    </section>
  );
}
