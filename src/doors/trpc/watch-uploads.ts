import { type TrackedEnvelope, tracked } from "@trpc/server";
import { z } from "zod";
import type { UploadEvent } from "../../core/ports/events.ts";
import type { Clock } from "../../core/ports/system.ts";
import type { TicketPrincipal, UserPrincipal } from "../../core/principal.ts";
import { type Upload, uploadStatus } from "../../core/upload.ts";
import type { UploadService } from "../../core/upload-service.ts";
import { type WatchEvent, watchEventSchema } from "../../wire/schemas.ts";
import type { TrpcContext } from "./context.ts";
import type { Views } from "./views.ts";
import { WatchPlaces } from "./watch-places.ts";

export type TrackedEvent = TrackedEnvelope<WatchEvent>;

type Watcher = UserPrincipal | TicketPrincipal;

interface WatchAsk {
  readonly id?: string | undefined;
  /** The id of the last event that a client saw before its connection broke. */
  readonly lastEventId?: string | undefined;
  readonly signal: AbortSignal;
}

interface WatchDependencies {
  readonly service: UploadService;
  readonly clock: Clock;
  readonly views: Views;
  /** Streams that one user may have open at the same time. */
  readonly watchesPerUser: number;
}

/**
 * Events of the user's own uploads (of a ticket's one upload) until `signal` aborts. Nothing is
 * replayed: a client that watches one upload first gets its current state, unless it has not changed
 * since `lastEventId`; a client that watches all of them must list them again after a break. Throws
 * NOT_FOUND or RATE_LIMITED before the first event.
 */
export function createWatch({ service, clock, views, watchesPerUser }: WatchDependencies) {
  const places = new WatchPlaces(watchesPerUser);
  return async (ctx: TrpcContext & { principal: Watcher }, ask: WatchAsk) => {
    const { principal } = ctx;
    const { lastEventId } = ask;
    const id = ask.id ?? (principal.kind === "ticket" ? principal.uploadId : undefined);
    const over = new AbortController();
    const signal = AbortSignal.any([ask.signal, over.signal]);
    places.take(principal, signal);
    // Subscribe before reading the record, so that no change is lost between the two.
    const events = service.watch(principal, { id, signal })[Symbol.asyncIterator]();
    const first = events.next();
    const known = await current(principal, id).catch((cause: unknown) => {
      first.catch(() => undefined);
      over.abort();
      throw cause;
    });

    return (async function* (): AsyncGenerator<TrackedEvent, void, unknown> {
      try {
        if (known !== null && eventId(known) !== lastEventId) {
          yield toTracked({ type: standing(known, clock.now()), upload: known });
        }
        for (let next = await first; next.done !== true; next = await events.next()) {
          yield toTracked(next.value);
        }
      } finally {
        over.abort();
      }
    })();

    function toTracked(event: UploadEvent): TrackedEvent {
      const told: WatchEvent =
        event.type === "deleted"
          ? { type: event.type, id: event.upload.id }
          : { type: event.type, upload: views.brief(event.upload, ctx) };
      return tracked(eventId(event.upload), told);
    }
  };

  function current(principal: Watcher, id: string | undefined): Promise<Upload | null> {
    return id === undefined ? Promise.resolve(null) : service.status(principal, id);
  }
}

function eventId(upload: Pick<Upload, "id" | "version">): string {
  return `${upload.id}.${upload.version}`;
}

function standing(upload: Upload, now: Date): "progress" | "completed" | "delivered" | "expired" {
  const status = uploadStatus(upload, now);
  if (status === "expired") return "expired";
  if (status === "uploading") return "progress";
  return upload.completion === "done" ? "delivered" : "completed";
}

/** Output schema of the subscription: an async iterable whose events are validated one by one. */
export const watchOutput = z
  .custom<AsyncIterable<TrackedEvent, void, unknown>>(
    (value) => typeof value === "object" && value !== null && Symbol.asyncIterator in value,
  )
  .transform(checked);

async function* checked(
  events: AsyncIterable<TrackedEvent, void, unknown>,
): AsyncGenerator<TrackedEvent, void, unknown> {
  for await (const [id, event] of events) yield tracked(id, watchEventSchema.parse(event));
}
