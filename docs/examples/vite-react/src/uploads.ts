import { createUploadClient } from "trpc-chunked-upload/client";

let token = "";

/** A real application gets the token from its own server. */
export function setToken(value: string): void {
  token = value;
}

export const client = createUploadClient({
  url: import.meta.env.VITE_UPLOAD_URL,
  token: () => token,
});

export const queue = client.createQueue();
