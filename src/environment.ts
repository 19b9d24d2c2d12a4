import type { CoreSettings } from "./core/settings.ts";

/** Credentials of a sign-in provider. */
export interface OAuthApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The bucket of the S3 store. */
export interface S3Settings {
  /** Empty only while `storage` is not "s3". */
  readonly bucket: string;
  readonly region: string;
  /** Null: Amazon S3 in `region`. */
  readonly endpoint: string | null;
  /** The endpoint in presigned URLs, for clients that reach the service by another name. Null: `endpoint`. */
  readonly publicEndpoint: string | null;
  /** Null: the AWS SDK's default credential provider chain. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
  readonly forcePathStyle: boolean;
  /** Prefix of all keys: empty, or with a slash at the end. */
  readonly prefix: string;
  /** Redirect downloads to presigned URLs of the bucket. */
  readonly publicDownloads: boolean;
  /** The service requires that all parts of an upload except the last have the same size. */
  readonly equalParts: boolean;
}

/** The parsed settings. Sizes are bytes, durations are milliseconds, paths are absolute. */
export interface Environment {
  readonly production: boolean;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Scheme, host and port, without a trailing slash. */
  readonly publicUrl: string;
  /** Maximum number of open connections; further ones are closed at once. */
  readonly maxConnections: number;
  /** Maximum number of open `uploads.watch` streams per user. */
  readonly watchesPerUser: number;
  /** Addresses and CIDR ranges whose `X-Forwarded-*` headers are trusted. */
  readonly trustedProxies: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly dataDir: string;
  readonly databaseUrl: string;
  /** Direct URL of PostgreSQL, for sessions with locks and LISTEN. Default: `databaseUrl`. */
  readonly databaseDirectUrl: string;
  /** Maximum number of PostgreSQL connections for statements; locks and messages use additional ones. */
  readonly databasePool: number;
  /** See `instances.ts`. */
  readonly instances: "one" | "several";
  readonly storage: "filesystem" | "s3";
  readonly filesystem: {
    readonly pathTemplate: string;
    readonly completeExt: string;
    readonly incompleteExt: string;
  };
  readonly s3: S3Settings;
  /** The multipart field that contains a chunk, at the drf door. */
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
