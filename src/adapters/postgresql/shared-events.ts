import type { Events, UploadEvent } from "../../core/ports/events.ts";
import type { Clock, Logger } from "../../core/ports/system.ts";
import type { Uploads } from "../../core/ports/uploads.ts";
import type { InstanceLink } from "./instance-link.ts";

/** Minimum interval between announcements of an upload's progress. Milliseconds. */
const PROGRESS_MS = 200;

type Deleted = Extract<UploadEvent, { type: "deleted" }>["upload"];

/** An event without its record, which the receiving instance reads from the database. */
type Announcement =
  | { readonly event: "deleted"; readonly upload: Deleted }
  | {
      readonly event: Exclude<UploadEvent["type"], "deleted">;
      readonly id: string;
      readonly lostFrom?: number;
    };

/**
 * The events of all instances. Events of this instance are emitted at once. Events of other instances are
 * emitted when their announcement arrives, with the record as it is then. After a gap in the messages all
 * subscriptions end: their clients request the list again and reconnect.
 */
export function shareEvents(parts: {
  local: Events & { isRead(): boolean };
  link: InstanceLink;
  uploads: Pick<Uploads, "find">;
  clock: Clock;
  log: Logger;
}): Events {
  const { local, link, uploads, clock, log } = parts;
  /** Uploads with a scheduled announcement of progress. */
  const scheduled = new Set<string>();
  /** By upload: the last event in processing, and whether it is progress that has not started. */
  const turns = new Map<string, { last: Promise<void>; progress: boolean }>();
  let gap = new AbortController();

  link.onGap(() => {
    gap.abort();
    gap = new AbortController();
  });
  link.onMessage((message) => {
    if (isAnnouncement(message) && local.isRead()) receive(message);
  });

  async function announceProgress(id: string): Promise<void> {
    if (scheduled.has(id)) return;
    scheduled.add(id);
    await clock.sleep(PROGRESS_MS);
    if (scheduled.delete(id)) link.send({ event: "progress", id } satisfies Announcement);
  }

  function announce(event: UploadEvent): void {
    const { id, ownerId, concat, version } = event.upload;
    if (event.type === "progress") return void announceProgress(id);
    // A scheduled announcement of progress would arrive after this event.
    scheduled.delete(id);
    if (event.type === "deleted")
      link.send({
        event: "deleted",
        upload: { id, ownerId, concat, version },
      } satisfies Announcement);
    else {
      const lost = event.type === "reset" ? { lostFrom: event.lostFrom } : {};
      link.send({ event: event.type, id, ...lost } satisfies Announcement);
    }
  }

  /** Processes the events of each upload in order. Progress is dropped while earlier progress waits. */
  function receive(announcement: Announcement): void {
    const id = announcement.event === "deleted" ? announcement.upload.id : announcement.id;
    const before = turns.get(id);
    const isProgress = announcement.event === "progress";
    if (isProgress && before?.progress) return;
    const turn = {
      progress: isProgress,
      last: (before?.last ?? Promise.resolve()).then(async () => {
        turn.progress = false;
        await emitLocally(announcement);
        if (turns.get(id) === turn) turns.delete(id);
      }),
    };
    turns.set(id, turn);
  }

  async function emitLocally(announcement: Announcement): Promise<void> {
    if (announcement.event === "deleted")
      return local.emit({ type: "deleted", upload: announcement.upload });
    try {
      const upload = await uploads.find(announcement.id);
      if (upload === null) return;
      if (announcement.event === "reset")
        local.emit({ type: "reset", upload, lostFrom: announcement.lostFrom ?? upload.offset });
      else local.emit({ type: announcement.event, upload });
    } catch (error) {
      log.warn(
        { err: error, uploadId: announcement.id },
        "An event of another instance was not passed on",
      );
    }
  }

  return {
    emit(event) {
      local.emit(event);
      announce(event);
    },
    subscribe: (signal) => local.subscribe(AbortSignal.any([signal, gap.signal])),
  };
}

const types = ["created", "progress", "completed", "delivered", "expired", "reset"];

function isAnnouncement(message: unknown): message is Announcement {
  const { event, id, upload } = Object(message) as Record<string, unknown>;
  if (event === "deleted") return typeof upload === "object" && upload !== null;
  return types.includes(String(event)) && typeof id === "string";
}
