import type { BufferPool } from "./append/buffer-pool.ts";
import type { CatchUp } from "./append/catch-up.ts";
import type { Writers } from "./append/writers.ts";
import type { CompletionWorker } from "./complete/completion-worker.ts";
import type { Delivery } from "./complete/deliver-completion.ts";
import type { Recheck } from "./ports/authenticator.ts";
import type { ChunkStore } from "./ports/chunk-store.ts";
import type { Claims } from "./ports/claims.ts";
import type { Digests } from "./ports/digests.ts";
import type { Events } from "./ports/events.ts";
import type { KeyedMutex } from "./ports/keyed-mutex.ts";
import type { Leases } from "./ports/leases.ts";
import type { Outbox } from "./ports/outbox.ts";
import type { Peers } from "./ports/peers.ts";
import type { Sessions } from "./ports/sessions.ts";
import type { Clock, Ids, Logger, ResultCodec, Sniffer } from "./ports/system.ts";
import type { Uploads } from "./ports/uploads.ts";
import type { Users } from "./ports/users.ts";
import type { Profiles } from "./profiles.ts";
import type { CoreSettings } from "./settings.ts";

/** Everything that the use cases need from outside. */
export interface CoreDependencies {
  readonly settings: CoreSettings;
  readonly profiles: Profiles;
  readonly uploads: Uploads;
  readonly outbox: Outbox;
  readonly leases: Leases;
  /** Null where one process owns records and bytes: its own writers then suffice. */
  readonly claims: Claims | null;
  /** The other instances; absent for a single server. */
  readonly peers?: Peers | undefined;
  /** Left out: mutex within this process. */
  readonly mutex?: KeyedMutex | undefined;
  readonly users: Pick<Users, "find">;
  readonly sessions: Pick<Sessions, "prune">;
  /** Whether a principal is still valid, for requests that take long. */
  readonly recheck: Recheck;
  readonly store: ChunkStore;
  readonly digests: Digests;
  readonly sniffer: Sniffer;
  readonly codec: ResultCodec;
  readonly events: Events;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
}

/** The dependencies, and what the use cases share inside one process. */
export interface CoreContext extends CoreDependencies {
  readonly blocks: BufferPool;
  readonly mutex: KeyedMutex;
  readonly writers: Writers;
  readonly catchUp: CatchUp;
  readonly completionWorker: CompletionWorker;
  /** Uploads whose `onComplete` is running here, by id. */
  readonly deliveries: Map<string, Delivery>;
}
