"use server";

import { currentUser } from "../server/session";
import { serviceUrl, trpc } from "../server/upload-service";

/** Begins an upload for whoever is signed in here. The bytes then go to the service, not through us. */
export async function beginUpload(file: { filename: string; size: number; contentType: string }) {
  const user = await currentUser();
  const { id } = await trpc.uploads.init.mutate({ ...file, metadata: { user: user.id } });
  return { id, url: serviceUrl };
}

/** A ticket for one upload and ten minutes. Asked for again when it has run out. */
export async function ticketFor(id: string): Promise<string> {
  const user = await currentUser();
  const { metadata } = await trpc.uploads.status.query({ id });
  if (metadata?.user !== user.id) throw new Error("No such upload.");
  const { ticket } = await trpc.uploads.ticket.mutate({ id, expiresInSeconds: 600 });
  return ticket;
}
