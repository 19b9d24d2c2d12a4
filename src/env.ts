import path from "node:path";
import { z } from "zod";
import { type CoreSettings, MIN_CHUNK_BYTES } from "./core/settings.ts";
import {
  absoluteDatabaseUrl,
  address,
  countUpTo,
  durationAtLeast,
  extension,
  flag,
  list,
  oneOf,
  origin,
  parsed,
  password,
  readDatabaseUrl,
  readInterval,
  readNetwork,
  readPathTemplate,
  readPort,
  readRate,
  sizeAtLeast,
  webAddress,
  words,
} from "./env-values.ts";
import { EnvironmentError } from "./environment-error.ts";

/**
 * The only reader of `process.env`. Every setting is read once, checked at start and handed on as
 * a value; an empty variable counts as unset.
 */

type Variables = Readonly<Record<string, string | undefined>>;

/** A provider of sign-ins: both values, or it is not offered. */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The settings as the rest of the program takes them. Bytes, milliseconds and absolute paths. */
export interface Environment {
  readonly production: boolean;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Scheme, host and port, without a trailing slash. */
  readonly publicUrl: string;
  /** Connections open at the same time; more are closed at once. */
  readonly maxConnections: number;
  /** Streams of `uploads.watch` that one user may have open at the same time. */
  readonly watchesPerUser: number;
  /** Addresses and CIDR ranges whose `X-Forwarded-*` headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly storage: "filesystem" | "s3";
  readonly filesystem: {
    readonly pathTemplate: string;
    readonly completeExt: string;
    readonly incompleteExt: string;
  };
  readonly s3: {
    readonly bucket: string | null;
    readonly region: string | null;
    readonly endpoint: string | null;
    readonly accessKeyId: string | null;
    readonly secretAccessKey: string | null;
    readonly forcePathStyle: boolean;
  };
  /** The multipart field that carries a chunk at drf-chunked-upload's own wire. */
  readonly fieldName: string;
  readonly core: CoreSettings;
  /** Null: the server does not sweep. */
  readonly sweepIntervalMs: number | null;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
  readonly auth: {
    /** Null: generated once into `dataDir`. */
    readonly secret: string | null;
    readonly url: string;
    readonly adminEmail: string | null;
    readonly adminPassword: string | null;
    readonly signup: "closed" | "open";
    readonly loginRate: { readonly points: number; readonly durationMs: number };
    readonly github: OAuthApp | null;
    readonly google: OAuthApp | null;
    readonly oidc: (OAuthApp & { readonly issuer: string }) | null;
  };
}

const settings = z.object({
  CHUNKED_UPLOAD_EXPIRATION: durationAtLeast(1_000, "at least 1s").default(86_400_000),
  CHUNKED_UPLOAD_EXPIRATION_FROM: oneOf("created", "activity").default("created"),
  CHUNKED_UPLOAD_PATH: parsed(
    readPathTemplate,
    "a relative path without '..'; strftime marks such as %Y/%m/%d are filled in",
  ).default("chunked_uploads/%Y/%m/%d"),
  CHUNKED_UPLOAD_CHECKSUM: parsed(
    (text) => (/^[a-z0-9_-]+$/i.test(text) ? text.toLowerCase() : null),
    "the name of a digest algorithm, such as md5, sha256 or blake3",
  ).default("md5"),
  CHUNKED_UPLOAD_COMPLETE_EXT: extension.default(".done"),
  CHUNKED_UPLOAD_INCOMPLETE_EXT: extension.default(".part"),
  CHUNKED_UPLOAD_STORAGE: oneOf("filesystem", "s3").default("filesystem"),
  CHUNKED_UPLOAD_USER_RESTRICTED: flag.default(true),
  CHUNKED_UPLOAD_MAX_BYTES: sizeAtLeast(1, "at least 1 byte").optional(),
  CHUNKED_UPLOAD_FIELD_NAME: parsed(
    (text) => (/^[A-Za-z0-9_.-]{1,64}$/.test(text) ? text : null),
    "a field name of letters, digits, '_', '.' and '-'",
  ).default("file"),
  CHUNKED_UPLOAD_ALLOW_ANONYMOUS: flag.default(false),
  CHUNK_SIZE: sizeAtLeast(MIN_CHUNK_BYTES, "at least 64 KiB").default(8 * 2 ** 20),
  IDLE_TIMEOUT: durationAtLeast(100, "at least 100ms").default(60_000),
  SWEEP_INTERVAL: parsed(readInterval, "off, or a duration of at least 1s, such as 15m").default(
    900_000,
  ),
  PORT: parsed(readPort, "a port from 0 to 65535 (0: any free one)").default(3_000),
  HOST: parsed(
    (text) => (/^[A-Za-z0-9.:%_-]+$/.test(text) ? text : null),
    "a host name or address",
  ).optional(),
  PUBLIC_URL: parsed(
    origin,
    "the scheme and host under which the service is reached, such as https://files.example.com",
  ).optional(),
  MAX_CONNECTIONS: countUpTo(9_999_999, "connections").default(4_096),
  WATCHES_PER_USER: countUpTo(999_999, "streams").default(50),
  TRUSTED_PROXIES: list(
    readNetwork,
    "a list of addresses or ranges, such as 10.0.0.0/8, ::1",
  ).default([]),
  CORS_ORIGINS: list(
    (item) => (item === "null" ? item : origin(item)),
    "a list of origins, such as https://app.example.com",
  ).default([]),
  DATA_DIR: z.string().default("./data"),
  DATABASE_URL: parsed(
    readDatabaseUrl,
    "file:/path/to/database.db or postgresql://user:password@host:5432/database",
  ).optional(),
  NEXTAUTH_SECRET: z.string().min(16, "must have at least 16 characters").optional(),
  NEXTAUTH_URL: parsed(webAddress, "an http(s) address").optional(),
  ADMIN_EMAIL: address.optional(),
  ADMIN_PASSWORD: password.optional(),
  SIGNUP: oneOf("closed", "open").default("closed"),
  GITHUB_ID: words,
  GITHUB_SECRET: words,
  GOOGLE_ID: words,
  GOOGLE_SECRET: words,
  OIDC_ISSUER: parsed(webAddress, "an http(s) address").optional(),
  OIDC_CLIENT_ID: words,
  OIDC_CLIENT_SECRET: words,
  S3_BUCKET: words,
  S3_REGION: words,
  S3_ENDPOINT: parsed(webAddress, "an http(s) address").optional(),
  S3_ACCESS_KEY_ID: words,
  S3_SECRET_ACCESS_KEY: words,
  S3_FORCE_PATH_STYLE: flag.default(false),
  LOG_LEVEL: oneOf("debug", "info", "warn", "error", "silent").default("info"),
  LOGIN_RATE: parsed(readRate, "attempts and a window, such as 10/15m").default({
    points: 10,
    durationMs: 900_000,
  }),
  QUOTA_BYTES: sizeAtLeast(1, "at least 1 byte").optional(),
});

type Settings = z.output<typeof settings>;

/** The names of all settings. */
export const settingNames: readonly string[] = Object.keys(settings.shape);

/** Which settings belong together: all of a group, or none. */
const groups = [
  ["GITHUB_ID", "GITHUB_SECRET"],
  ["GOOGLE_ID", "GOOGLE_SECRET"],
  ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"],
  ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"],
] as const;

/**
 * The settings from `variables` (normally `process.env`). Throws an `EnvironmentError` that names
 * every setting that cannot be used. Makes nothing and opens nothing.
 */
export function readEnvironment(variables: Variables): Environment {
  const given: Record<string, string> = {};
  for (const name of settingNames) {
    const value = variables[name]?.trim();
    if (value !== undefined && value !== "") given[name] = value;
  }
  const read = settings.safeParse(given);
  const problems = read.success
    ? []
    : read.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
  for (const group of groups) {
    const missing = group.filter((name) => given[name] === undefined);
    if (missing.length > 0 && missing.length < group.length) {
      problems.push(`${missing.join(", ")} must be set too: ${group.join(", ")} go together`);
    }
  }
  if (read.success && read.data.CHUNKED_UPLOAD_STORAGE === "s3") {
    problems.push(
      "CHUNKED_UPLOAD_STORAGE s3 is not yet available in this version; allowed is filesystem",
    );
  }
  if (!read.success || problems.length > 0) throw new EnvironmentError(problems);
  return toEnvironment(read.data, variables.NODE_ENV === "production");
}

function toEnvironment(from: Settings, production: boolean): Environment {
  const dataDir = path.resolve(from.DATA_DIR);
  const publicUrl = from.PUBLIC_URL ?? `http://localhost:${from.PORT}`;
  return {
    production,
    host: from.HOST ?? (production ? "0.0.0.0" : "127.0.0.1"),
    port: from.PORT,
    publicUrl,
    maxConnections: from.MAX_CONNECTIONS,
    watchesPerUser: from.WATCHES_PER_USER,
    trustedProxies: from.TRUSTED_PROXIES,
    corsOrigins: from.CORS_ORIGINS,
    dataDir,
    databaseUrl: absoluteDatabaseUrl(from.DATABASE_URL, dataDir),
    storage: from.CHUNKED_UPLOAD_STORAGE,
    filesystem: {
      pathTemplate: from.CHUNKED_UPLOAD_PATH,
      completeExt: from.CHUNKED_UPLOAD_COMPLETE_EXT,
      incompleteExt: from.CHUNKED_UPLOAD_INCOMPLETE_EXT,
    },
    s3: {
      bucket: from.S3_BUCKET ?? null,
      region: from.S3_REGION ?? null,
      endpoint: from.S3_ENDPOINT ?? null,
      accessKeyId: from.S3_ACCESS_KEY_ID ?? null,
      secretAccessKey: from.S3_SECRET_ACCESS_KEY ?? null,
      forcePathStyle: from.S3_FORCE_PATH_STYLE,
    },
    fieldName: from.CHUNKED_UPLOAD_FIELD_NAME,
    core: {
      expirationMs: from.CHUNKED_UPLOAD_EXPIRATION,
      expirationFrom: from.CHUNKED_UPLOAD_EXPIRATION_FROM,
      checksumAlgorithm: from.CHUNKED_UPLOAD_CHECKSUM,
      maxBytes: from.CHUNKED_UPLOAD_MAX_BYTES ?? null,
      chunkSize: from.CHUNK_SIZE,
      idleTimeoutMs: from.IDLE_TIMEOUT,
      quotaBytes: from.QUOTA_BYTES ?? null,
      access: {
        userRestricted: from.CHUNKED_UPLOAD_USER_RESTRICTED,
        allowAnonymous: from.CHUNKED_UPLOAD_ALLOW_ANONYMOUS,
      },
    },
    sweepIntervalMs: from.SWEEP_INTERVAL === "off" ? null : from.SWEEP_INTERVAL,
    logLevel: from.LOG_LEVEL,
    auth: toAuth(from, publicUrl),
  };
}

function toAuth(from: Settings, publicUrl: string): Environment["auth"] {
  const oidc = app(from.OIDC_CLIENT_ID, from.OIDC_CLIENT_SECRET);
  return {
    secret: from.NEXTAUTH_SECRET ?? null,
    url: from.NEXTAUTH_URL ?? publicUrl,
    adminEmail: from.ADMIN_EMAIL ?? null,
    adminPassword: from.ADMIN_PASSWORD ?? null,
    signup: from.SIGNUP,
    loginRate: from.LOGIN_RATE,
    github: app(from.GITHUB_ID, from.GITHUB_SECRET),
    google: app(from.GOOGLE_ID, from.GOOGLE_SECRET),
    oidc: oidc && from.OIDC_ISSUER ? { ...oidc, issuer: from.OIDC_ISSUER } : null,
  };
}

function app(clientId: string | undefined, clientSecret: string | undefined): OAuthApp | null {
  return clientId && clientSecret ? { clientId, clientSecret } : null;
}

/** The settings of this process. Throws an `EnvironmentError`. */
export function readProcessEnvironment(): Environment {
  return readEnvironment(process.env);
}

/** True while `next build` evaluates modules: nothing may be opened then. */
export function isBuilding(): boolean {
  return process.env.NEXT_PHASE === "phase-production-build";
}

/**
 * Sets the address and the secret of next-auth, which reads `process.env` by itself. With either of
 * the removed variables it would build its URLs from `Host` instead.
 */
export function publishToNextAuth(variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, variables);
  delete process.env.AUTH_TRUST_HOST;
  delete process.env.VERCEL;
}
