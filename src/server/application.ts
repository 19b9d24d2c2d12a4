import { type Auth, createAuth } from "../auth/create-auth.ts";
import { nextAuthEnvironment } from "../auth/next-auth-environment.ts";
import { UploadError } from "../core/errors.ts";
import type { Authenticate } from "../core/ports/authenticator.ts";
import type { ChunkStore } from "../core/ports/chunk-store.ts";
import type { Clock, Logger } from "../core/ports/system.ts";
import type { Principal } from "../core/principal.ts";
import {
  DEFAULT_PROFILE,
  defaultMaxBytes,
  type Profiles,
  profileOf,
  resolveMaxBytes,
} from "../core/profiles.ts";
import type { UploadCore } from "../core/upload-service.ts";
import { createChunksDoor } from "../doors/chunks/chunks-door.ts";
import { createDrfDoor } from "../doors/drf/drf-door.ts";
import type { Door, DoorConfig, DoorRequest, DoorResponse } from "../doors/http/exchange.ts";
import { createHealthDoor } from "../doors/http/health-door.ts";
import { createTrpcDoor } from "../doors/trpc/trpc-door.ts";
import { createTusDoor } from "../doors/tus/tus-door.ts";
import { type Environment, publishToNextAuth } from "../env.ts";
import { profiles as ownProfiles } from "../profiles.ts";
import { DRF_PATH, HEALTH_PATH, RAW_PATH, READY_PATH, TRPC_PATH, TUS_PATH } from "../wire/paths.ts";
import { startBackground } from "./background.ts";
import { Closers } from "./closers.ts";
import { compressDoor } from "./compress-door.ts";
import type { MountedDoor } from "./http-server.ts";
import { openLog } from "./open-log.ts";
import { type Operator, type OperatorCommand, runOperatorCommand } from "./operator-commands.ts";
import { serveOperator } from "./operator-socket.ts";
import { openParts, type Parts } from "./parts.ts";
import { withRequestId } from "./request-scope.ts";
import { readOrCreateSecret } from "./secret.ts";
import { startErrorOf } from "./start-error.ts";

/** The whole service, composed: what doors, pages and the command line work with. */
export interface Application {
  readonly environment: Environment;
  readonly core: UploadCore;
  readonly auth: Auth;
  readonly clock: Clock;
  readonly log: Logger;
  readonly doors: {
    readonly chunks: Door;
    readonly drf: Door;
    readonly tus: Door;
    readonly trpc: Door;
    readonly health: Door;
  };
  /** Names of the migrations applied by this start. */
  readonly migrated: readonly string[];
  /** The door of a path; null if no door serves it. */
  doorAt(pathname: string): MountedDoor | null;
  /** The response of the path's door; null if no door serves it. */
  handle(request: DoorRequest): Promise<DoorResponse | null>;
  /**
   * The largest file in bytes that `principal` may send without naming a profile; null for no limit,
   * and when the profile cannot tell. The server checks every upload in any case.
   */
  largestFile(principal: Principal): Promise<number | null>;
  /** Reads all records again when they are needed: for tests that changed them from outside. */
  forgetRecords(): void;
  /** Makes a backup while the server runs. */
  readonly backUp: Parts["backUp"];
  /** Takes no new bodies; running ones may end until `deadlineMs`, then their prefixes are kept. */
  drain(deadlineMs: number): Promise<void>;
  /** Lets everything go: sweeper, database, lock. Twice is no error. */
  close(): Promise<void>;
}

export interface CompositionOptions {
  readonly profiles?: Profiles | undefined;
  /** False for the command line: no sweeper, no deliveries, no socket. */
  readonly serving?: boolean | undefined;
  /**
   * The built script of a hashing thread. Left out, digests run on the main thread: a process that
   * Next started cannot tell where the script lies, and the command line hardly hashes.
   */
  readonly hashThread?: URL | undefined;
  /** A store of one's own, in place of the one that the settings name. */
  readonly store?: ChunkStore | undefined;
  /** Where lines are logged; standard output or standard error when left out (`open-log.ts`). */
  readonly log?: Logger | undefined;
  /** True where our own server receives each request first and records the client's address (`peer.ts`). */
  readonly peersAreStamped?: boolean | undefined;
}

/**
 * Composes the application: takes the data directory, applies migrations, opens records and store,
 * finishes what a crash cut short, and begins sweeping.
 * Throws a `StartError` or an `EnvironmentError` with a sentence for the operator.
 */
export async function composeApplication(
  environment: Environment,
  options: CompositionOptions = {},
): Promise<Application> {
  const { profiles = ownProfiles, serving = true, hashThread = null } = options;
  const closers = new Closers();
  try {
    const log = withRequestId(options.log ?? openLog(environment, serving));
    const parts = await openParts(environment, { ...options, profiles, hashThread, log, closers });
    const auth = await openAuth(environment, parts, options);
    const state = { draining: false };
    const doors = openDoors({ environment, parts, auth, profiles, state });
    await parts.core.housekeeping.recover();
    if (serving) {
      await parts.core.housekeeping.deliverDue();
      serve({ environment, parts, auth, closers });
    }
    const application: Application = {
      environment,
      core: parts.core,
      auth,
      clock: parts.clock,
      log: parts.log,
      doors,
      migrated: parts.migrated,
      doorAt: (pathname) => findDoor(doors, pathname),
      handle: async (request) => findDoor(doors, request.url.pathname)?.door(request) ?? null,
      largestFile: (principal) =>
        resolveMaxBytes(
          profileOf(profiles, DEFAULT_PROFILE),
          principal,
          environment.core.maxBytes,
        ).catch(() => null),
      forgetRecords: parts.forget,
      backUp: parts.backUp,
      async drain(deadlineMs) {
        state.draining = true;
        await parts.core.housekeeping.drain(deadlineMs);
      },
      close: () => closers.close(parts.log),
    };
    return application;
  } catch (error) {
    await closers.close(null);
    throw error;
  }
}

async function openAuth(
  environment: Environment,
  parts: Parts,
  { peersAreStamped = false }: CompositionOptions,
): Promise<Auth> {
  const { auth: given, dataDir, core } = environment;
  const secret = given.secret ?? (await readOrCreateSecret(dataDir).catch(refuseSecret));
  const settings = {
    ...given,
    secret,
    publicUrl: new URL(given.url).origin,
    allowAnonymous: core.access.allowAnonymous,
    peersAreStamped,
  };
  publishToNextAuth(nextAuthEnvironment(settings));
  return createAuth({
    users: parts.database.users,
    tokens: parts.database.tokens,
    sessions: parts.database.sessions,
    openings: parts.database.openings,
    failureCounts: parts.failureCounts,
    mutex: parts.mutex,
    clock: parts.clock,
    ids: parts.ids,
    log: parts.log,
    settings,
  });
}

function refuseSecret(error: unknown): never {
  throw startErrorOf("There is no secret to sign sessions with", error);
}

interface Inside {
  readonly environment: Environment;
  readonly parts: Parts;
  readonly auth: Auth;
}

function openDoors({
  environment,
  parts,
  auth,
  profiles,
  state,
}: Inside & { profiles: Profiles; state: { draining: boolean } }): Application["doors"] {
  const { core, clock, log } = parts;
  const config: DoorConfig = {
    publicUrl: environment.publicUrl,
    corsOrigins: environment.corsOrigins,
  };
  const authenticate: Authenticate = auth.authenticate;
  const probe = async () => {
    if (state.draining)
      throw new UploadError("UNAVAILABLE", { message: "The server is stopping." });
    await Promise.all([parts.prove(), core.housekeeping.probe()]);
  };
  return {
    chunks: createChunksDoor({ service: core.service, authenticate, config, log }),
    drf: createDrfDoor({
      service: core.service,
      authenticate,
      config,
      clock,
      log,
      fieldName: environment.fieldName,
      idleTimeoutMs: environment.core.idleTimeoutMs,
    }),
    tus: createTusDoor({
      service: core.service,
      maxBytes: defaultMaxBytes(profiles, environment.core.maxBytes),
      authenticate,
      config,
      log,
    }),
    trpc: compressDoor(
      createTrpcDoor({
        core,
        authenticate,
        tokens: auth.tokens,
        users: auth.users,
        tickets: auth.tickets,
        owners: parts.database.users,
        profiles,
        config,
        clock,
        log,
        watchesPerUser: environment.watchesPerUser,
        isDev: !environment.production,
      }),
    ),
    health: createHealthDoor({ probe, clock, log }),
  };
}

function findDoor(doors: Application["doors"], pathname: string): MountedDoor | null {
  const below = (prefix: string) => pathname === prefix || pathname.startsWith(`${prefix}/`);
  if (below(RAW_PATH)) return { name: "raw", door: doors.chunks, endsIdleBodies: true };
  if (below(DRF_PATH)) return { name: "drf", door: doors.drf, endsIdleBodies: true };
  if (below(TUS_PATH)) return { name: "tus", door: doors.tus, endsIdleBodies: true };
  if (below(TRPC_PATH)) return { name: "trpc", door: doors.trpc, endsIdleBodies: false };
  if (below(HEALTH_PATH) || below(READY_PATH))
    return { name: "health", door: doors.health, endsIdleBodies: false };
  return null;
}

/** What a serving process does in addition to responding: sweep, deliver, and run operator commands. */
function serve({ environment, parts, auth, closers }: Inside & { closers: Closers }): void {
  const { core, clock, log, database, ids, lock, claims } = parts;
  const { users, tokens } = auth;
  const { backUp } = parts;
  const tools = { administration: core.administration, users, tokens, log, backUp };
  // Without a directory of its own an instance has no socket: the command line composes one itself.
  if (lock !== null) {
    const run = (command: OperatorCommand, asking: Operator) =>
      runOperatorCommand(tools, command, asking);
    closers.add(serveOperator({ server: lock.server, run, log }).close);
  }
  const background = startBackground({
    core,
    leases: database.leases,
    refold: database.refold,
    claims,
    ids,
    optimize: database.optimize,
    sweepIntervalMs: environment.sweepIntervalMs,
    clock,
    log,
  });
  closers.add(() => background.stop());
}
