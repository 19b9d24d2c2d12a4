import path from "node:path";
import { z } from "zod";
import { MIN_CHUNK_BYTES } from "./core/settings.ts";
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
  readKeyPrefix,
  readNetwork,
  readPathTemplate,
  readPort,
  readRate,
  sizeAtLeast,
  webAddress,
  words,
} from "./env-values.ts";
import type { Environment, OAuthApp, S3Settings } from "./environment.ts";
import { EnvironmentError } from "./environment-error.ts";
import { instanceProblems, instancesOf } from "./instances.ts";

/**
 * The only file that reads `process.env`. Settings are read and validated once, at startup. An empty
 * variable counts as unset.
 */

type Variables = Readonly<Record<string, string | undefined>>;

export type { Environment } from "./environment.ts";

const settings = z.object({
  CHUNKED_UPLOAD_EXPIRATION: durationAtLeast(1_000, "at least 1s").default(86_400_000),
  CHUNKED_UPLOAD_EXPIRATION_FROM: oneOf("created", "activity").default("created"),
  CHUNKED_UPLOAD_PATH: parsed(
    readPathTemplate,
    "a relative path without '..'; it can contain strftime placeholders such as %Y/%m/%d",
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
  PORT: parsed(readPort, "a port from 0 to 65535 (0: any free port)").default(3_000),
  HOST: parsed(
    (text) => (/^[A-Za-z0-9.:%_-]+$/.test(text) ? text : null),
    "a host name or address",
  ).optional(),
  PUBLIC_URL: parsed(
    origin,
    "the public scheme and host of the service, such as https://files.example.com",
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
  DATABASE_DIRECT_URL: parsed(
    (text) => (/^postgres/.test(text) ? readDatabaseUrl(text) : null),
    "postgresql://user:password@host:5432/database",
  ).optional(),
  DATABASE_POOL: countUpTo(1_000, "connections").default(10),
  NEXTAUTH_SECRET: z.string().min(16, "must have at least 16 characters").optional(),
  NEXTAUTH_URL: parsed(webAddress, "an http(s) URL").optional(),
  ADMIN_EMAIL: address.optional(),
  ADMIN_PASSWORD: password.optional(),
  SIGNUP: oneOf("closed", "open").default("closed"),
  GITHUB_ID: words,
  GITHUB_SECRET: words,
  GOOGLE_ID: words,
  GOOGLE_SECRET: words,
  OIDC_ISSUER: parsed(webAddress, "an http(s) URL").optional(),
  OIDC_CLIENT_ID: words,
  OIDC_CLIENT_SECRET: words,
  S3_BUCKET: words,
  S3_REGION: words,
  S3_ENDPOINT: parsed(webAddress, "an http(s) URL").optional(),
  S3_PUBLIC_ENDPOINT: parsed(webAddress, "an http(s) URL").optional(),
  S3_ACCESS_KEY_ID: words,
  S3_SECRET_ACCESS_KEY: words,
  S3_FORCE_PATH_STYLE: flag.default(false),
  S3_PREFIX: parsed(readKeyPrefix, "a path without '..', such as uploads/").default(""),
  S3_PUBLIC_DOWNLOADS: flag.default(false),
  S3_EQUAL_PARTS: flag.default(false),
  LOG_LEVEL: oneOf("debug", "info", "warn", "error", "silent").default("info"),
  LOGIN_RATE: parsed(readRate, "a number of attempts and a time window, such as 10/15m").default({
    points: 10,
    durationMs: 900_000,
  }),
  QUOTA_BYTES: sizeAtLeast(1, "at least 1 byte").optional(),
});

type Settings = z.output<typeof settings>;

export const settingNames: readonly string[] = Object.keys(settings.shape);

/** Either all or none of the settings of a group must be set. */
const groups = [
  ["GITHUB_ID", "GITHUB_SECRET"],
  ["GOOGLE_ID", "GOOGLE_SECRET"],
  ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"],
  ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"],
] as const;

/**
 * Parses `variables` (normally `process.env`). Throws an `EnvironmentError` that lists every invalid
 * setting. Has no side effects.
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
      problems.push(`${missing.join(", ")} must also be set: ${group.join(", ")} belong together`);
    }
  }
  if (given.CHUNKED_UPLOAD_STORAGE?.toLowerCase() === "s3") problems.push(...lackingForS3(given));
  if (read.success) {
    const { NEXTAUTH_SECRET: secret, DATABASE_URL: databaseUrl } = read.data;
    const directUrl = read.data.DATABASE_DIRECT_URL;
    const instances = instancesOfSettings(read.data);
    problems.push(...instanceProblems({ instances, secret, databaseUrl, directUrl }));
  }
  if (!read.success || problems.length > 0) throw new EnvironmentError(problems);
  return toEnvironment(read.data, variables.NODE_ENV === "production");
}

function lackingForS3(given: Record<string, string>): string[] {
  const problems: string[] = [];
  if (given.S3_BUCKET === undefined)
    problems.push("S3_BUCKET must be set while CHUNKED_UPLOAD_STORAGE is s3");
  if (given.S3_REGION === undefined && given.S3_ENDPOINT === undefined)
    problems.push("S3_REGION or S3_ENDPOINT must be set while CHUNKED_UPLOAD_STORAGE is s3");
  return problems;
}

function instancesOfSettings(from: Settings): "one" | "several" {
  return instancesOf({ databaseUrl: from.DATABASE_URL, storage: from.CHUNKED_UPLOAD_STORAGE });
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
    databaseDirectUrl: from.DATABASE_DIRECT_URL ?? absoluteDatabaseUrl(from.DATABASE_URL, dataDir),
    databasePool: from.DATABASE_POOL,
    instances: instancesOfSettings(from),
    storage: from.CHUNKED_UPLOAD_STORAGE,
    filesystem: {
      pathTemplate: from.CHUNKED_UPLOAD_PATH,
      completeExt: from.CHUNKED_UPLOAD_COMPLETE_EXT,
      incompleteExt: from.CHUNKED_UPLOAD_INCOMPLETE_EXT,
    },
    s3: toS3(from),
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

function toS3(from: Settings): S3Settings {
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = from;
  return {
    bucket: from.S3_BUCKET ?? "",
    region: from.S3_REGION ?? "us-east-1",
    endpoint: from.S3_ENDPOINT ?? null,
    publicEndpoint: from.S3_PUBLIC_ENDPOINT ?? null,
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null,
    forcePathStyle: from.S3_FORCE_PATH_STYLE,
    prefix: from.S3_PREFIX,
    publicDownloads: from.S3_PUBLIC_DOWNLOADS,
    equalParts: from.S3_EQUAL_PARTS,
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

/** Parses the settings of this process. Throws an `EnvironmentError`. */
export function readProcessEnvironment(): Environment {
  return readEnvironment(process.env);
}

/** True while `next build` evaluates modules, which must not open files or connections. */
export function isBuilding(): boolean {
  return process.env.NEXT_PHASE === "phase-production-build";
}

/**
 * Sets the URL and the secret for next-auth, which reads `process.env` directly. The deleted
 * variables would make it build its URLs from the `Host` header instead.
 */
export function publishToNextAuth(variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, variables);
  delete process.env.AUTH_TRUST_HOST;
  delete process.env.VERCEL;
}
