import { concernsOneStatement, isLocked } from "./failures.ts";
import {
  monotonicMs,
  type SqliteFailure,
  type SqliteRequest,
  type SqliteResponse,
  type SqliteTask,
} from "./messages.ts";
import type { OpenConnection } from "./open-connection.ts";
import { attemptInside, commitTogether, type GroupOutcome, type Outcome } from "./write-group.ts";

/** Statements committed together at most. */
const GROUP_LIMIT = 128;

/** Pause before another attempt while another process holds the lock, in ms. */
const RETRY_MS = 2;

const done: Outcome = { result: null };
const notOpen: Outcome = { failure: { message: "The transaction is no longer open.", code: 1 } };

type RunRequest = SqliteRequest & { readonly task: Extract<SqliteTask, { do: "run" }> };
type InsideTask = Extract<SqliteTask, { do: "run-inside" | "commit" | "rollback" }>;
type QueuedTask = Exclude<SqliteTask, InsideTask>;

/** What a queue needs from its thread. */
export interface WorkQueuePorts {
  readonly role: "writer" | "reader";
  readonly connection: OpenConnection;
  /** Adds the requests that have arrived in the meantime. */
  readonly receive: () => void;
  readonly respond: (responses: readonly SqliteResponse[]) => void;
  /** Called after the connection is closed. */
  readonly end: () => void;
}

/**
 * Executes the requests of one thread in the order of their arrival. A writer commits the statements
 * that wait at the same moment together, and sends no response before the commit. An interactive
 * transaction has the connection to itself. A request that meets the lock of another process stays in
 * the queue and is tried again until its deadline.
 */
export class WorkQueue {
  readonly #ports: WorkQueuePorts;
  readonly #waiting: SqliteRequest[] = [];
  /** Ids of requests that are committed alone, because a group with them failed. */
  readonly #alone = new Set<number>();
  #transaction: number | null = null;
  #retry: NodeJS.Timeout | null = null;

  constructor(ports: WorkQueuePorts) {
    this.#ports = ports;
  }

  add(request: SqliteRequest): void {
    const { task } = request;
    if (task.do === "run-inside" || task.do === "commit" || task.do === "rollback") {
      this.#respond(request, this.#inside(task));
    } else this.#waiting.push(request);
  }

  /** Works until nothing is left, a transaction is open, or a lock must be waited for. */
  run(): void {
    this.#ports.receive();
    while (this.#transaction === null && this.#retry === null && this.#waiting.length > 0) {
      const group = this.#takeGroup();
      if (group.length > 0) this.#runGroup(group);
      else this.#runFirst();
      this.#ports.receive();
    }
  }

  /** The statements at the head of the queue that are committed together; none for other tasks. */
  #takeGroup(): RunRequest[] {
    if (this.#ports.role === "reader") return [];
    let length = 0;
    for (const { id, task } of this.#waiting) {
      if (task.do !== "run" || length === GROUP_LIMIT) break;
      const alone = this.#alone.has(id);
      if (!alone || length === 0) length += 1;
      if (alone) break;
    }
    return this.#waiting.splice(0, length) as RunRequest[];
  }

  #runGroup(group: readonly RunRequest[]): void {
    const outcome = this.#commit(group);
    if (outcome.committed) {
      this.#ports.respond(
        group.map(({ id }, index) => ({ id, ...(outcome.outcomes[index] ?? notOpen) })),
      );
      for (const { id } of group) this.#alone.delete(id);
    } else if (isLocked(outcome.failure)) this.#waitForLock(group, outcome.failure);
    else if (group.length > 1 && concernsOneStatement(outcome.failure)) {
      for (const { id } of group) this.#alone.add(id);
      this.#waiting.unshift(...group);
    } else for (const request of group) this.#respond(request, outcome);
  }

  #commit(group: readonly RunRequest[]): GroupOutcome {
    const statements = group.map(({ task }) => task.statement);
    let outcome: GroupOutcome | null = null;
    const opened = this.#ports.connection.attempt((connection) => {
      outcome = commitTogether(connection, statements);
      return done;
    });
    if ("failure" in opened) return { committed: false, failure: opened.failure };
    const ended = outcome as GroupOutcome | null;
    if (ended === null) throw new Error("The group was not run.");
    if (!ended.committed) this.#ports.connection.discard();
    return ended;
  }

  #runFirst(): void {
    const request = this.#waiting.shift();
    if (request === undefined) return;
    const outcome = this.#execute(request.task as QueuedTask);
    if ("failure" in outcome && isLocked(outcome.failure)) {
      this.#waitForLock([request], outcome.failure);
    } else this.#respond(request, outcome);
    if (request.task.do === "close") this.#ports.end();
  }

  #execute(task: QueuedTask): Outcome {
    if (task.do === "close") {
      this.#ports.connection.close();
      return done;
    }
    return this.#ports.connection.attempt((connection) => {
      if (task.do === "run") return { result: connection.run(task.statement) };
      if (task.do === "script") {
        connection.script(task.sql);
        if (connection.inTransaction) throw new Error("The script leaves a transaction open.");
        return done;
      }
      connection.control("BEGIN IMMEDIATE");
      this.#transaction = task.transaction;
      return done;
    });
  }

  /** A task of the open transaction. It no longer is open after an error that may have ended it. */
  #inside(task: InsideTask): Outcome {
    if (task.transaction !== this.#transaction) return task.do === "rollback" ? done : notOpen;
    let open = false;
    const outcome = this.#ports.connection.attempt((connection) => {
      if (task.do === "run-inside") {
        const result = attemptInside(connection, task.statement);
        open = true;
        return result;
      }
      connection.control(task.do === "commit" ? "COMMIT" : "ROLLBACK");
      return done;
    });
    if (!open) this.#transaction = null;
    return outcome;
  }

  #waitForLock(requests: readonly SqliteRequest[], failure: SqliteFailure): void {
    const now = monotonicMs();
    for (const request of requests)
      if (request.deadline <= now) this.#respond(request, { failure });
    this.#waiting.unshift(...requests.filter(({ deadline }) => deadline > now));
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.run();
    }, RETRY_MS);
  }

  #respond({ id }: SqliteRequest, outcome: Outcome): void {
    this.#alone.delete(id);
    this.#ports.respond([{ id, ...outcome }]);
  }
}
