import type { Events, UploadEvent } from "../../core/ports/events.ts";

/** Maximum number of events queued for one reader. */
const QUEUE_LENGTH = 1_000;

/** The events that one reader has not read yet. */
class Mailbox implements AsyncIterableIterator<UploadEvent> {
  readonly #events: UploadEvent[] = [];
  readonly #leave: () => void;
  #ended = false;
  #wake: (() => void) | null = null;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  put(event: UploadEvent): void {
    this.#events.push(event);
    if (this.#events.length > QUEUE_LENGTH) {
      // Drop progress events first: the next event contains the same record, and more.
      const progress = this.#events.findIndex(({ type }) => type === "progress");
      this.#events.splice(Math.max(progress, 0), 1);
    }
    this.#rouse();
  }

  end(): void {
    this.#ended = true;
    this.#events.length = 0;
    this.#leave();
    this.#rouse();
  }

  async next(): Promise<IteratorResult<UploadEvent, undefined>> {
    for (;;) {
      if (this.#ended) return { done: true, value: undefined };
      const value = this.#events.shift();
      if (value !== undefined) return { done: false, value };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async return(): Promise<IteratorResult<UploadEvent, undefined>> {
    this.end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #rouse(): void {
    this.#wake?.();
    this.#wake = null;
  }
}

/** Events within this process, and whether they have a reader. */
export interface LocalEvents extends Events {
  isRead(): boolean;
}

/**
 * Events within this process. A reader that falls a thousand events behind loses the oldest
 * `progress` events first.
 */
export function createEvents(): LocalEvents {
  const mailboxes = new Set<Mailbox>();
  return {
    isRead: () => mailboxes.size > 0,
    emit: (event) => {
      for (const mailbox of mailboxes) mailbox.put(event);
    },
    subscribe: (signal) => {
      const end = () => mailbox.end();
      const mailbox: Mailbox = new Mailbox(() => {
        mailboxes.delete(mailbox);
        signal.removeEventListener("abort", end);
      });
      mailboxes.add(mailbox);
      if (signal.aborted) end();
      else signal.addEventListener("abort", end, { once: true });
      return mailbox;
    },
  };
}
