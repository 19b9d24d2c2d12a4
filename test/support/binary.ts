import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";

/** The published binary in one file, and the files of this repository that are in it. */
export interface Binary {
  readonly path: string;
  readonly inputs: readonly string[];
}

let bundled: Promise<Binary> | null = null;

/** Bundles the binary once a process, which removes it at its end. */
export function bundleBinary(): Promise<Binary> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<Binary> {
  const directory = await mkdtemp(path.join(tmpdir(), "chunked-upload-bin-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  const outfile = path.join(directory, "bin.mjs");
  const { metafile } = await build({
    entryPoints: ["src/cli/bin.ts"],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    metafile: true,
    logLevel: "error",
    // Packages in CommonJS ask for Node's own modules by `require`.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  return { path: outfile, inputs: Object.keys(metafile.inputs) };
}

export interface BinaryOptions {
  readonly cwd: string;
  /** Added to a bare environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array | AsyncIterable<Uint8Array>;
}

/** How a run ended. */
export interface BinaryResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Buffer;
}

export interface BinaryRun {
  readonly child: ChildProcess;
  readonly ended: Promise<BinaryResult>;
}

/** Starts the binary; what it remembers lies below `cwd`. */
export async function startBinary(
  words: readonly string[],
  { cwd, env = {}, input }: BinaryOptions,
): Promise<BinaryRun> {
  const binary = await bundleBinary();
  const child = spawn(process.execPath, [binary.path, ...words], {
    cwd,
    env: {
      NODE_ENV: "production",
      PATH: process.env.PATH ?? "",
      HOME: cwd,
      XDG_STATE_HOME: path.join(cwd, ".state"),
      TZ: "UTC",
      ...env,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => out.push(part));
  child.stderr.on("data", (part: Buffer) => err.push(part));
  child.stdin.on("error", () => undefined);
  const ended = once(child, "close").then(([code]: (number | null)[]) => {
    const bytes = Buffer.concat(out);
    const stderr = Buffer.concat(err).toString("utf8");
    return { code: code ?? null, stdout: bytes.toString("utf8"), stderr, bytes };
  });
  void feed(child, input);
  return { child, ended };
}

async function feed(child: ChildProcess, input: BinaryOptions["input"]): Promise<void> {
  const { stdin } = child;
  if (stdin === null) return;
  if (input === undefined || input instanceof Uint8Array) {
    stdin.end(input);
    return;
  }
  for await (const part of input) {
    if (stdin.destroyed) return;
    if (!stdin.write(part)) await Promise.race([once(stdin, "drain"), once(child, "close")]);
  }
  stdin.end();
}

/** Runs the binary to its end. */
export async function runBinary(
  words: readonly string[],
  options: BinaryOptions,
): Promise<BinaryResult> {
  return (await startBinary(words, options)).ended;
}
