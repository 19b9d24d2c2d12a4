"use server";

import { currentUser } from "../server/session";
import { serviceUrl, trpc } from "../server/upload-service";

/** Creates an upload for the signed-in user. The browser sends its bytes directly to the service. */
export async function beginUpload(file: { filename: string; size: number; contentType: string }) {
  const user = await currentUser();
  const { id } = await trpc.uploads.init.mutate({ ...file, metadata: { user: user.id } });
  return { id, url: serviceUrl };
}

/** Returns a ticket for one upload, valid for ten minutes. The client requests a new one when it has expired. */
export async function ticketFor(id: string): Promise<string> {
  const user = await currentUser();
  const { metadata } = await trpc.uploads.status.query({ id });
  if (metadata?.user !== user.id) throw new Error("No such upload.");
  const { ticket } = await trpc.uploads.ticket.mutate({ id, expiresInSeconds: 600 });
  return ticket;
}
