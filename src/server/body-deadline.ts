import type { IncomingMessage } from "node:http";
import type { Clock, Logger } from "../core/ports/system.ts";
import { hasBody } from "./node-mount.ts";
import type { RequestNotes } from "./request-log.ts";

/** How long the body of a request may take while its sender is unknown or anonymous. */
export interface BodyDeadline {
  /** Any body may take this many milliseconds. */
  readonly graceMs: number;
  /** Beyond that, the connection must have brought this many bytes a second on average. */
  readonly bytesPerSecond: number;
}

export const DEFAULT_BODY_DEADLINE: BodyDeadline = { graceMs: 120_000, bytesPerSecond: 1_024 };

/** How often a body is looked at, at most. */
const LOOK_MS = 10_000;

/**
 * Ends a request whose body takes too long while its sender is unknown or anonymous. The idle
 * limit alone lets any client hold a connection for days by sending a byte now and then. A signed-in
 * user's body may take as long as bytes arrive. What an upload received so far is kept. Never rejects.
 */
export async function limitAnonymousBody(
  request: IncomingMessage,
  notes: Pick<RequestNotes, "principal" | "requestId">,
  tools: { clock: Clock; log: Logger; deadline?: BodyDeadline | undefined },
): Promise<void> {
  if (!hasBody(request)) return;
  const { clock, log, deadline = DEFAULT_BODY_DEADLINE } = tools;
  const over = new AbortController();
  const end = () => over.abort();
  request.once("end", end).once("close", end);
  const began = clock.now().getTime();
  const before = request.socket.bytesRead;
  while (isAnonymous(notes) && !request.complete && !request.destroyed) {
    const bytes = request.socket.bytesRead - before;
    const allowed = deadline.graceMs + (bytes / deadline.bytesPerSecond) * 1_000;
    const left = allowed - (clock.now().getTime() - began);
    if (left <= 0) {
      log.info({ requestId: notes.requestId, bytes }, "An anonymous body took too long");
      request.destroy(new Error("The body took too long."));
      return;
    }
    await clock.sleep(Math.min(left, LOOK_MS), over.signal);
  }
}

function isAnonymous({ principal }: Pick<RequestNotes, "principal">): boolean {
  return principal === null || principal.kind === "anonymous";
}
