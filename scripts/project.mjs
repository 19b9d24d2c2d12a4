import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The project's directory, independent of the working directory. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** Exits with an error message if the version of Node is too old. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  process.stderr.write(`Node.js 20.19 or newer is required; found ${process.versions.node}.\n`);
  process.exit(1);
}

/** Loads `.env` into the environment. Variables that are already set take precedence. */
export function loadEnvFile() {
  const file = path.join(root, ".env");
  if (existsSync(file)) process.loadEnvFile?.(file);
}

/**
 * Runs a Node script of the project or of a package (`next`, `vitest/vitest.mjs`). Resolves to its
 * exit code. With `quiet`, output is printed only if the script fails.
 */
export function run(script, args = [], { env = {}, quiet = false } = {}) {
  const child = spawn(process.execPath, [path.resolve(root, script), ...args], {
    cwd: root,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
    stdio: ["inherit", quiet ? "pipe" : "inherit", quiet ? "pipe" : "inherit"],
  });
  const output = [];
  child.stdout?.on("data", (bytes) => output.push(bytes));
  child.stderr?.on("data", (bytes) => output.push(bytes));
  const forward = (signal) => child.kill(signal);
  process.on("SIGINT", forward);
  process.on("SIGTERM", forward);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      process.off("SIGINT", forward);
      process.off("SIGTERM", forward);
      if (quiet && code !== 0) process.stderr.write(Buffer.concat(output));
      resolve(code ?? 1);
    });
  });
}

/** Like `run`, but exits if the script fails. */
export async function must(script, args, options) {
  const code = await run(script, args, options);
  if (code !== 0) process.exit(code);
}

/** Generates the database clients if they are out of date. */
export function generate() {
  return must("prisma/generate.mjs", [], { quiet: true });
}

const buildInputs = [
  "src",
  "prisma",
  "public",
  "scripts/build.mjs",
  "scripts/precompress.mjs",
  "scripts/project.mjs",
  "next.config.js",
  "postcss.config.mjs",
  "package-lock.json",
  "tsconfig.json",
];

/** A hash of all inputs of the build. */
export function buildStamp() {
  return hashOf(buildInputs);
}

/** Builds if the sources changed since the last build. `checkSettings`: first validates the settings. */
export async function buildIfStale({ checkSettings = false } = {}) {
  if (isFresh("dist/.stamp", buildStamp()) && existsSync(path.join(root, ".next/BUILD_ID"))) return;
  await must("scripts/build.mjs", checkSettings ? ["--check-settings"] : []);
}

const packageInputs = [
  "src/cli",
  "src/client",
  "src/core",
  "src/digests",
  "src/doors/trpc",
  "src/profiles.ts",
  "src/wire",
  "scripts/package",
  "scripts/package.mjs",
  "package-lock.json",
  "tsconfig.json",
];

/** A hash of all inputs of the published package. */
export function packageStamp() {
  return hashOf(packageInputs);
}

/** Builds the published package if its sources changed since the last build. */
export async function packageIfStale() {
  if (!isFresh("dist/.package-stamp", packageStamp())) await must("scripts/package.mjs");
}

function isFresh(file, stamp) {
  const at = path.join(root, file);
  return existsSync(at) && readFileSync(at, "utf8") === stamp;
}

function hashOf(names) {
  const hash = createHash("sha256");
  for (const name of names) hashInto(hash, name);
  return hash.digest("hex");
}

function hashInto(hash, name) {
  const at = path.join(root, name);
  if (!existsSync(at) || name === "src/generated") return;
  const entries = tryReadDirectory(at);
  if (entries === null) {
    hash.update(`${name}\0`).update(readFileSync(at)).update("\0");
    return;
  }
  for (const entry of entries.sort()) hashInto(hash, path.posix.join(name, entry));
}

function tryReadDirectory(at) {
  try {
    return readdirSync(at);
  } catch {
    return null;
  }
}
