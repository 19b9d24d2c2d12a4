import type { SpawnedServer } from "./spawn-server.ts";
import { trpcClient } from "./trpc-client.ts";

/** The status of a request by bearer that the token or ticket is good for. */
export interface LiveCredential {
  status(): Promise<number>;
}

/** An API token of the administrator, and a ticket for an upload that was begun with it. */
export async function tokenAndTicket(
  server: SpawnedServer,
): Promise<{ token: LiveCredential; ticket: LiveCredential }> {
  const token = await server.token();
  const { uploads } = trpcClient(server.url, token);
  const { id } = await uploads.init.mutate({ filename: "a", size: 1 });
  const { ticket } = await uploads.ticket.mutate({ id, expiresInSeconds: 600 });
  const by = (bearer: string): LiveCredential => ({
    async status() {
      const headers = { authorization: `Bearer ${bearer}` };
      return (await fetch(`${server.url}/api/uploads/${id}`, { headers })).status;
    },
  });
  return { token: by(token), ticket: by(ticket) };
}
