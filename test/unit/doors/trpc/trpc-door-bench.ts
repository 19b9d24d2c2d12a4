import { createTRPCClient, httpBatchLink, httpLink } from "@trpc/client";
import superjson from "superjson";
import type { Authenticated } from "../../../../src/core/ports/authenticator.ts";
import type { Logger } from "../../../../src/core/ports/system.ts";
import type { User } from "../../../../src/core/ports/users.ts";
import type { Principal, TicketPrincipal, UserPrincipal } from "../../../../src/core/principal.ts";
import type { Upload } from "../../../../src/core/upload.ts";
import type { UploadAdministration, UploadService } from "../../../../src/core/upload-service.ts";
import type { Door, DoorRequest } from "../../../../src/doors/http/exchange.ts";
import type { AppRouter } from "../../../../src/doors/trpc/app-router.ts";
import { createTrpcDoor, type TrpcDoorDependencies } from "../../../../src/doors/trpc/trpc-door.ts";
import { profiles } from "../../../../src/profiles.ts";

export const UPLOAD_ID = "0190b5a0-5a5a-4a5a-8a5a-0190b5a05a5a";
export const PUBLIC_URL = "https://files.example";
export const NOW = new Date("2026-01-02T03:04:05Z");

export const alice: UserPrincipal = {
  kind: "user",
  id: "0190b5a0-0000-4000-8000-00000000000a",
  email: "alice@example.org",
  role: "user",
  via: "session",
};
export const admin: UserPrincipal = { ...alice, role: "admin" };

/** A ticket that Alice issued for her upload. */
export const aliceTicket: TicketPrincipal = {
  kind: "ticket",
  uploadId: UPLOAD_ID,
  issuer: { id: alice.id, ticketVersion: 0 },
  expiresAt: new Date(NOW.getTime() + 60_000),
};

export const aliceRecord: User = {
  id: alice.id,
  email: alice.email,
  name: "Alice",
  role: "user",
  passwordHash: "a hash that nobody may see",
  disabled: false,
  tokenVersion: 3,
  ticketVersion: 0,
  createdAt: NOW,
};

export const upload: Upload = {
  id: UPLOAD_ID,
  ownerId: alice.id,
  origin: "api",
  profile: "default",
  path: null,
  filename: "film.mkv",
  contentType: "video/x-matroska",
  metadata: { album: "summer" },
  size: 30,
  maxBytes: null,
  chunkSize: 10,
  offset: 10,
  beyond: [{ start: 20, end: 30 }],
  checksumAlgorithm: "md5",
  digestState: new Uint8Array([1, 2, 3]),
  digestOffset: 10,
  checksum: null,
  storageKey: "chunked_uploads/2026/01/02/secret-place",
  storeState: null,
  state: "uploading",
  finished: false,
  completion: null,
  completionError: null,
  result: null,
  version: 7,
  createdAt: NOW,
  updatedAt: NOW,
  expiresAt: new Date(NOW.getTime() + 3_600_000),
  concat: null,
  parts: null,
  finalId: null,
  uploadMetadata: null,
  uploadConcat: null,
  completedAt: null,
};

export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly facts: object;
}

export interface Bench {
  readonly door: Door;
  readonly log: LogLine[];
  /** Converts a web request into a `DoorRequest` and sends it to the door. */
  send(path: string, init?: RequestInit & { principal?: Principal | null }): Promise<Response>;
  client(principal?: Principal | null): ReturnType<typeof createTRPCClient<AppRouter>>;
  unbatched(principal?: Principal | null): ReturnType<typeof createTRPCClient<AppRouter>>;
}

export interface BenchOptions {
  readonly service?: Partial<UploadService>;
  readonly administration?: Partial<UploadAdministration>;
  readonly deps?: Partial<TrpcDoorDependencies>;
  /** Whether the principal was authenticated by a cookie. */
  readonly byCookie?: boolean;
}

/** The door over fake services. A method that a test does not provide throws. */
export function trpcBench(options: BenchOptions = {}): Bench {
  const log: LogLine[] = [];
  const door = createTrpcDoor({
    core: {
      service: onlyGiven<UploadService>({
        result: () => null,
        prefix: async () => ({ length: 10, checksum: "ab" }),
        status: async () => upload,
        ...options.service,
      }),
      administration: onlyGiven<UploadAdministration>(options.administration ?? {}),
    },
    authenticate: async ({ authorization }) => authenticated(authorization, options),
    tokens: onlyGiven({}),
    users: onlyGiven({}),
    tickets: onlyGiven({}),
    owners: { findMany: async (ids) => (ids.includes(alice.id) ? [aliceRecord] : []) },
    profiles,
    config: { publicUrl: PUBLIC_URL, corsOrigins: ["https://app.example"] },
    clock: { now: () => NOW, sleep: () => Promise.resolve(), turn: () => Promise.resolve() },
    log: recorder(log),
    watchesPerUser: 50,
    isDev: false,
    ...options.deps,
  });
  const send: Bench["send"] = async (path, { principal = alice, ...init } = {}) => {
    const web = new Request(new URL(path, PUBLIC_URL), { duplex: "half", ...init } as RequestInit);
    const headers = new Headers(web.headers);
    headers.set("authorization", JSON.stringify(principal));
    const request: DoorRequest = {
      method: web.method,
      url: new URL(web.url),
      headers,
      body: web.body,
      peer: { address: "", origin: null },
      signal: web.signal,
    };
    const { status, headers: answered, body } = await door(request);
    return new Response(body as BodyInit | null, { status, headers: answered });
  };
  const linkOptions = (principal: Principal | null | undefined) => ({
    url: `${PUBLIC_URL}/api/trpc`,
    transformer: superjson,
    fetch: (url: RequestInfo | URL, init?: unknown) =>
      send(String(url), {
        ...(init as RequestInit),
        ...(principal === undefined ? {} : { principal }),
      }),
  });
  return {
    door,
    log,
    send,
    client: (principal) =>
      createTRPCClient<AppRouter>({ links: [httpBatchLink(linkOptions(principal))] }),
    unbatched: (principal) =>
      createTRPCClient<AppRouter>({ links: [httpLink(linkOptions(principal))] }),
  };
}

function authenticated(shown: string | null, options: BenchOptions): Authenticated | null {
  const principal = readPrincipal(shown ?? "null");
  return principal === null ? null : { principal, byCookie: options.byCookie ?? false };
}

function readPrincipal(text: string): Principal | null {
  const dates = (key: string, value: unknown) =>
    key === "expiresAt" ? new Date(String(value)) : value;
  return JSON.parse(text, dates) as Principal | null;
}

/** `given`; every other property throws. */
export function onlyGiven<T extends object>(given: Partial<T>): T {
  return new Proxy(given, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (value === undefined) throw new Error(`${String(name)} was not expected to be called`);
      return value;
    },
  }) as T;
}

function recorder(lines: LogLine[]): Logger {
  const at = (level: LogLine["level"]) => (facts: object) => void lines.push({ level, facts });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
