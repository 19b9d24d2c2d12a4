import type { Upload } from "../../core/upload.ts";

/** tus, Expiration: `Upload-Expires` of an upload that still accepts bytes, or that is a partial upload. */
export function expiryHeaders(upload: Upload): Headers {
  const headers = new Headers();
  if (upload.state === "uploading" && upload.concat !== "final") {
    headers.set("Upload-Expires", upload.expiresAt.toUTCString());
  }
  return headers;
}

/** tus, HEAD: the offset and length of the upload, and the headers of its creation. */
export function standingHeaders(upload: Upload): Headers {
  const headers = expiryHeaders(upload);
  // tus, Concatenation: a final upload SHOULD NOT have an offset before it is concatenated.
  if (upload.concat !== "final" || upload.state === "complete") {
    headers.set("Upload-Offset", String(upload.offset));
  }
  // tus, Creation: "As long as the length of the upload is not known" this header MUST be set.
  if (upload.size === null) headers.set("Upload-Defer-Length", "1");
  else headers.set("Upload-Length", String(upload.size));
  if (upload.uploadMetadata !== null) headers.set("Upload-Metadata", upload.uploadMetadata);
  const concat = upload.concat === "final" ? upload.uploadConcat : upload.concat;
  if (concat !== null) headers.set("Upload-Concat", concat);
  // tus, HEAD: "The Server MUST prevent the client and/or proxies from caching the response".
  headers.set("Cache-Control", "no-store");
  return headers;
}
