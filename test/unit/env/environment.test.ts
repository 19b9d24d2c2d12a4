import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readEnvironment, settingNames } from "../../../src/env.ts";
import { EnvironmentError } from "../../../src/environment-error.ts";

function problemsOf(variables: Record<string, string>): readonly string[] {
  try {
    readEnvironment(variables);
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
  return [];
}

describe("readEnvironment", () => {
  it("has the documented defaults", () => {
    const environment = readEnvironment({});
    expect(environment).toMatchObject({
      host: "127.0.0.1",
      port: 3000,
      publicUrl: "http://localhost:3000",
      storage: "filesystem",
      fieldName: "file",
      sweepIntervalMs: 15 * 60_000,
      logLevel: "info",
      maxConnections: 4_096,
      core: {
        expirationMs: 24 * 3_600_000,
        expirationFrom: "created",
        checksumAlgorithm: "md5",
        maxBytes: null,
        chunkSize: 8 * 2 ** 20,
        idleTimeoutMs: 60_000,
        quotaBytes: null,
        access: { userRestricted: true, allowAnonymous: false },
      },
      auth: { secret: null, signup: "closed", loginRate: { points: 10, durationMs: 900_000 } },
    });
    expect(environment.dataDir).toMatch(/^\/.*\/data$/);
    expect(environment.databaseUrl).toBe(`file:${environment.dataDir}/database.db`);
  });

  it("defaults to all addresses in production", () => {
    expect(readEnvironment({ NODE_ENV: "production" }).host).toBe("0.0.0.0");
  });

  it("treats an empty variable as unset", () => {
    expect(readEnvironment({ PORT: "", PUBLIC_URL: "  " }).publicUrl).toBe("http://localhost:3000");
  });

  it("reads sizes, durations, lists and rates", () => {
    const environment = readEnvironment({
      CHUNK_SIZE: "1 MiB",
      CHUNKED_UPLOAD_MAX_BYTES: "4 GB",
      CHUNKED_UPLOAD_EXPIRATION: "7d",
      SWEEP_INTERVAL: "off",
      TRUSTED_PROXIES: "10.0.0.0/8, ::1",
      CORS_ORIGINS: "https://a.example, null",
      LOGIN_RATE: "3/1m",
    });
    expect(environment.core).toMatchObject({
      chunkSize: 2 ** 20,
      maxBytes: 4e9,
      expirationMs: 7 * 86_400_000,
    });
    expect(environment.sweepIntervalMs).toBeNull();
    expect(environment.trustedProxies).toEqual(["10.0.0.0/8", "::1"]);
    expect(environment.corsOrigins).toEqual(["https://a.example", "null"]);
    expect(environment.auth.loginRate).toEqual({ points: 3, durationMs: 60_000 });
  });

  it("reports all invalid settings and their allowed values in one error", () => {
    const problems = problemsOf({
      PORT: "99999",
      CHUNK_SIZE: "1 KiB",
      IDLE_TIMEOUT: "soon",
      CHUNKED_UPLOAD_USER_RESTRICTED: "perhaps",
      CHUNKED_UPLOAD_PATH: "../elsewhere",
      DATABASE_URL: "mysql://root@localhost/x",
      PUBLIC_URL: "files.example.com",
      TRUSTED_PROXIES: "10.0.0.0/40",
    });
    expect(problems).toHaveLength(8);
    expect(problems.join("\n")).toContain("PORT must be a port from 0 to 65535");
    expect(problems.join("\n")).toContain("CHUNK_SIZE must be a size of at least 64 KiB");
    expect(problems.join("\n")).toContain("IDLE_TIMEOUT must be a duration of at least 100ms");
  });

  it.each([
    ["CHUNKED_UPLOAD_EXPIRATION", "0s"],
    ["CHUNKED_UPLOAD_EXPIRATION", "99999999d"],
    ["CHUNKED_UPLOAD_EXPIRATION_FROM", "birth"],
    ["CHUNKED_UPLOAD_CHECKSUM", "md 5"],
    ["CHUNKED_UPLOAD_COMPLETE_EXT", "a/b"],
    ["CHUNKED_UPLOAD_INCOMPLETE_EXT", "../x"],
    ["CHUNKED_UPLOAD_MAX_BYTES", "many"],
    ["CHUNKED_UPLOAD_FIELD_NAME", "a b"],
    ["CHUNKED_UPLOAD_ALLOW_ANONYMOUS", "maybe"],
    ["SWEEP_INTERVAL", "never"],
    ["HOST", "a b"],
    ["CORS_ORIGINS", "https://a.example/path"],
    ["NEXTAUTH_SECRET", "short"],
    ["NEXTAUTH_URL", "ftp://a"],
    ["ADMIN_EMAIL", "nobody"],
    ["ADMIN_EMAIL", "me,you@example.com"],
    ["ADMIN_EMAIL", "<ann@example.com>"],
    ["ADMIN_PASSWORD", "short"],
    ["ADMIN_PASSWORD", "a".repeat(1_001)],
    ["SIGNUP", "ajar"],
    ["LOGIN_RATE", "ten"],
    ["QUOTA_BYTES", "-1"],
    ["LOG_LEVEL", "chatty"],
    ["S3_ENDPOINT", "minio"],
    ["S3_FORCE_PATH_STYLE", "x"],
    ["S3_PREFIX", "a/../b"],
  ])("rejects an invalid %s (%s)", (name, value) => {
    const [problem, ...others] = problemsOf({ [name]: value });
    expect(others).toEqual([]);
    expect(problem).toMatch(new RegExp(`^${name} must`));
  });

  it("requires a bucket, and a region or an endpoint, for S3", () => {
    expect(problemsOf({ CHUNKED_UPLOAD_STORAGE: "s3" })).toEqual([
      "S3_BUCKET must be set while CHUNKED_UPLOAD_STORAGE is s3",
      "S3_REGION or S3_ENDPOINT must be set while CHUNKED_UPLOAD_STORAGE is s3",
    ]);
    const settings = { CHUNKED_UPLOAD_STORAGE: "S3", S3_BUCKET: "b", S3_PREFIX: "/up//loads" };
    expect(readEnvironment({ ...settings, S3_ENDPOINT: "http://minio:9000" })).toMatchObject({
      storage: "s3",
      s3: { bucket: "b", region: "us-east-1", prefix: "up/loads/", credentials: null },
    });
  });

  it("treats PostgreSQL with S3 as several instances, which require a secret", () => {
    const s3 = { CHUNKED_UPLOAD_STORAGE: "s3", S3_BUCKET: "b", S3_REGION: "r" };
    const postgres = { DATABASE_URL: "postgresql://db/one", DATABASE_DIRECT_URL: "postgres://db2" };
    const secret = { NEXTAUTH_SECRET: "a secret of all of them" };
    expect(problemsOf({ ...s3, ...postgres })).toEqual([
      "NEXTAUTH_SECRET must be set: with PostgreSQL and S3, all instances need the same secret",
    ]);
    const environment = readEnvironment({ ...s3, ...postgres, ...secret, DATABASE_POOL: "25" });
    expect(environment).toMatchObject({
      ...{ instances: "several", databaseUrl: postgres.DATABASE_URL, databasePool: 25 },
      databaseDirectUrl: postgres.DATABASE_DIRECT_URL,
    });
    expect(readEnvironment(s3).instances).toBe("one");
    const { DATABASE_URL } = postgres;
    expect(readEnvironment({ DATABASE_URL })).toMatchObject({
      ...{ instances: "one", databaseDirectUrl: DATABASE_URL, databasePool: 10 },
    });
    expect(problemsOf({ DATABASE_DIRECT_URL: "postgresql://db/one" })).toEqual([
      "DATABASE_DIRECT_URL must be unset unless DATABASE_URL is postgresql://…",
    ]);
  });

  it("requires all values of a provider", () => {
    expect(problemsOf({ GITHUB_ID: "x" })).toEqual([
      "GITHUB_SECRET must also be set: GITHUB_ID, GITHUB_SECRET belong together",
    ]);
    const { auth } = readEnvironment({ GOOGLE_ID: "i", GOOGLE_SECRET: "s" });
    expect(auth.google).toEqual({ clientId: "i", clientSecret: "s" });
  });
});

describe(".env.example", () => {
  const lines = readFileSync(new URL("../../../.env.example", import.meta.url), "utf8")
    .split("\n")
    .map((line) => /^#([A-Z][A-Z0-9_]+)=(.*)$/.exec(line))
    .filter((match) => match !== null);

  it("contains every setting exactly once and no others", () => {
    expect(lines.map(([, name]) => name).sort()).toEqual([...settingNames].sort());
  });

  it("shows the defaults", () => {
    const shown = Object.fromEntries(lines.map(([, name, value]) => [name, value]));
    expect(readEnvironment(shown)).toEqual(readEnvironment({}));
  });
});
