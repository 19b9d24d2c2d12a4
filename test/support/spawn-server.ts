import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { freePort } from "./free-port.ts";
import { tempDirectory } from "./temp-directory.ts";

const ownRoot = path.join(import.meta.dirname, "../..");

export const adminEmail = "admin@example.com";
export const adminPassword = "the first administrator's";

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** An existing data directory; a fresh one, removed at the end, when left out. */
  readonly dataDir?: string;
  /** The folder of a built project; this one when left out. */
  readonly root?: string;
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[];
}

/** The built server as a child process. */
export interface SpawnedServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly pid: number;
  /** Everything it wrote since the last start, standard output and errors together. */
  output(): string;
  /** Closes the pipes that its output is read from. */
  closeOutput(): void;
  /** Sends a signal and answers the exit code (null when the signal ended it). */
  kill(signal: NodeJS.Signals): Promise<number | null>;
  /** Starts it again on the same data and port; it must have ended. */
  start(): Promise<void>;
  /** A fresh API token of the administrator. */
  token(): Promise<string>;
  /** Runs the operator's command line against its data directory. */
  cli(args: readonly string[], input?: string | CommandInput): Promise<CommandResult>;
}

/** What is typed at a terminal, which does not end with it. */
export interface CommandInput {
  readonly typed: string;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `dist/server.js` on a free port; resolves once it serves. */
export async function spawnServer(options: SpawnOptions = {}): Promise<SpawnedServer> {
  const { root = ownRoot } = options;
  requireBuild(root);
  const directory = options.dataDir === undefined ? await tempDirectory() : null;
  const dataDir = options.dataDir ?? directory?.path ?? "";
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...withoutSettings(),
    NODE_ENV: "production",
    HOST: "127.0.0.1",
    PORT: String(port),
    PUBLIC_URL: url,
    DATA_DIR: dataDir,
    LOG_LEVEL: "warn",
    ADMIN_EMAIL: adminEmail,
    ADMIN_PASSWORD: adminPassword,
    ...options.env,
  };
  let child: ChildProcess | null = null;
  let output = "";

  async function start(): Promise<void> {
    output = "";
    const started = spawn(process.execPath, [...(options.nodeArgs ?? []), "dist/server.js"], {
      cwd: root,
      env: env as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    const ready = new Promise<void>((resolve, reject) => {
      const hear = (bytes: Buffer) => {
        output += bytes.toString("utf8");
        if (output.includes("Ready at")) resolve();
      };
      started.stdout.on("data", hear);
      started.stderr.on("data", hear);
      started.once("exit", (code) => reject(new Error(`The server ended (${code}):\n${output}`)));
    });
    await ready;
  }

  async function kill(signal: NodeJS.Signals): Promise<number | null> {
    const running = child;
    if (running === null) return null;
    if (running.exitCode !== null || running.signalCode !== null) return running.exitCode;
    const ended = once(running, "exit");
    running.kill(signal);
    await ended;
    return running.exitCode;
  }

  const dispose = async () => {
    await kill("SIGKILL");
    await directory?.[Symbol.asyncDispose]();
  };
  try {
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    url,
    port,
    dataDir,
    get pid() {
      return child?.pid ?? 0;
    },
    output: () => output,
    closeOutput() {
      child?.stdout?.destroy();
      child?.stderr?.destroy();
    },
    kill,
    start,
    async token() {
      const args = ["token", "create", adminEmail, "--name", "test"];
      const { code, stdout, stderr } = await runCli(args, { env, root });
      if (code !== 0) throw new Error(stderr);
      return stdout.trim();
    },
    cli: (args, input) => runCli(args, { env, root, ...(input === undefined ? {} : { input }) }),
    [Symbol.asyncDispose]: dispose,
  };
}

/** Runs `dist/cli.js` to its end. `env` names the data directory. */
export async function runCli(
  args: readonly string[],
  ask: { env: Readonly<Record<string, string>>; input?: string | CommandInput; root?: string },
): Promise<CommandResult> {
  const { root = ownRoot } = ask;
  requireBuild(root);
  const child = spawn(process.execPath, ["dist/cli.js", ...args], {
    cwd: root,
    env: { ...withoutSettings(), ...ask.env } as NodeJS.ProcessEnv,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (bytes: Buffer) => {
    stdout += bytes;
  });
  child.stderr.on("data", (bytes: Buffer) => {
    stderr += bytes;
  });
  child.stdin.on("error", () => undefined);
  const { input = "" } = ask;
  if (typeof input === "string") child.stdin.end(input);
  else child.stdin.write(input.typed);
  const [code] = await once(child, "close");
  return { code, stdout, stderr };
}

/** The environment without what may have been set for another server. */
function withoutSettings(): Record<string, string> {
  const kept = ["PATH", "HOME", "TMPDIR", "TZ", "LANG", "USER"];
  const entries = kept.map((name) => [name, process.env[name] ?? ""] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}

function requireBuild(root: string): void {
  if (existsSync(path.join(root, "dist/server.js"))) return;
  throw new Error("The built server is wanted: run `npm run build` first (`npm test` does).");
}
