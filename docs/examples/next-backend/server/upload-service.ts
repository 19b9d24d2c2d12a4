import { createUploadClient } from "trpc-chunked-upload/client";

/** The URL of the upload service, for this server and for browsers. */
export const serviceUrl = process.env.UPLOAD_URL ?? "http://localhost:3000";

/** The token never leaves this process. */
export const { trpc } = createUploadClient({
  url: serviceUrl,
  token: () => process.env.UPLOAD_TOKEN ?? "",
});
