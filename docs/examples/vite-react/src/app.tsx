import type { Upload } from "trpc-chunked-upload/client";
import { UploadDropzone, useUpload, useUploads } from "trpc-chunked-upload/react";
import { queue, setToken } from "./uploads";

export function App() {
  const { items, totals } = useUploads(queue);
  return (
    <main>
      <label>
        API token <input type="password" onChange={({ target }) => setToken(target.value)} />
      </label>
      <UploadDropzone
        onFiles={(found) => queue.add(found.map(({ file, path }) => ({ file, options: { path } })))}
      >
        {({ isDragging, rootProps, inputProps }) => (
          <div {...rootProps} style={{ border: "2px dashed", padding: 40 }}>
            <input {...inputProps} />
            {isDragging ? "Drop to upload" : "Drop files or folders here, or click to select"}
          </div>
        )}
      </UploadDropzone>
      <p role="status">
        {totals.done} of {totals.files} done
      </p>
      <ul>
        {items.map(({ key, upload }) => (
          <Row key={key} upload={upload} onRemove={() => queue.remove(key)} />
        ))}
      </ul>
    </main>
  );
}

function Row({ upload, onRemove }: { upload: Upload; onRemove: () => void }) {
  const { path, phase, hold, acknowledged, size, failure } = useUpload(upload);
  return (
    <li>
      {path} <progress aria-label={path} value={acknowledged} max={size ?? undefined} />{" "}
      {failure?.code ?? hold ?? phase}{" "}
      {phase === "uploading" && <button onClick={() => upload.pause()}>Pause</button>}
      {(phase === "paused" || phase === "failed") && (
        <button onClick={() => upload.resume()}>Resume</button>
      )}
      <button onClick={onRemove}>Remove</button>
    </li>
  );
}
