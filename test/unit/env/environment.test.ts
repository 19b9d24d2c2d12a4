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

  it("listens on every address in production", () => {
    expect(readEnvironment({ NODE_ENV: "production" }).host).toBe("0.0.0.0");
  });

  it("takes an empty variable for an unset one", () => {
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

  it("names every bad setting with what is allowed, in one error", () => {
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
  ])("refuses a bad %s by name", (name, value) => {
    const [problem, ...others] = problemsOf({ [name]: value });
    expect(others).toEqual([]);
    expect(problem).toMatch(new RegExp(`^${name} must`));
  });

  it("says that S3 is not available yet", () => {
    expect(problemsOf({ CHUNKED_UPLOAD_STORAGE: "s3" })).toEqual([
      "CHUNKED_UPLOAD_STORAGE s3 is not yet available in this version; allowed is filesystem",
    ]);
  });

  it("wants the values of a provider together", () => {
    expect(problemsOf({ GITHUB_ID: "x" })).toEqual([
      "GITHUB_SECRET must be set too: GITHUB_ID, GITHUB_SECRET go together",
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

  it("has every setting once, and no other", () => {
    expect(lines.map(([, name]) => name).sort()).toEqual([...settingNames].sort());
  });

  it("shows the defaults", () => {
    const shown = Object.fromEntries(lines.map(([, name, value]) => [name, value]));
    expect(readEnvironment(shown)).toEqual(readEnvironment({}));
  });
});
