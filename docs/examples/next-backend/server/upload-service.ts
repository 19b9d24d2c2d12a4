import { createUploadClient } from "trpc-chunked-upload/client";

/** Where the upload service is reached, by this server and by its browsers. */
export const serviceUrl = process.env.UPLOAD_URL ?? "http://localhost:3000";

/** The token never leaves this process. */
export const { trpc } = createUploadClient({
  url: serviceUrl,
  token: () => process.env.UPLOAD_TOKEN ?? "",
});
