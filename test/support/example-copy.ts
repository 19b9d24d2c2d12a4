import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { installLocked } from "./install-locked.ts";
import { tempDirectory } from "./temp-directory.ts";

const examples = path.resolve(import.meta.dirname, "../../docs/examples");

type Env = Readonly<Record<string, string>>;

export interface RunningTool extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string;
}

/** One of the examples, as somebody has it who copied it and installed the package. */
export interface ExampleCopy extends AsyncDisposable {
  readonly path: string;
  /** Runs a script (its own, or one of its `node_modules`) to its end. Throws unless it succeeds. */
  run(script: string, args?: readonly string[], env?: Env): Promise<string>;
  /** Starts a script that takes `--port`; resolves when it answers. */
  serve(script: string, args?: readonly string[], env?: Env): Promise<RunningTool>;
}

/** Copies the example `name` elsewhere and installs it with the package from `tarball`. */
export async function copyExample(name: string, tarball: string): Promise<ExampleCopy> {
  const directory = await tempDirectory();
  const at = directory.path;
  const remove = () => directory[Symbol.asyncDispose]();
  try {
    await cp(path.join(examples, name), at, { recursive: true, filter: isSource });
    await dependOn(path.join(at, "package.json"), tarball);
    const { code, stderr } = await installLocked(at, ["--ignore-scripts"]);
    if (code !== 0) throw new Error(`The example ${name} could not be installed:\n${stderr}`);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    path: at,
    async run(script, args = [], env = {}) {
      const { child, output } = start([script, ...args], at, env);
      const [code] = await once(child, "close");
      if (code !== 0) throw new Error(`${script} ended with ${code}:\n${output()}`);
      return output();
    },
    async serve(script, args = [], env = {}) {
      const port = await freePort();
      const { child, output } = start([script, ...args, "--port", String(port)], at, env);
      const url = `http://127.0.0.1:${port}`;
      const stop = () => end(child);
      try {
        await answers(url, child);
      } catch {
        await stop();
        throw new Error(`${script} does not serve:\n${output()}`);
      }
      return { url, [Symbol.asyncDispose]: stop };
    },
    [Symbol.asyncDispose]: remove,
  };
}

/** What was made by working in the example itself stays where it is. */
function isSource(file: string): boolean {
  return !/(^|\/)(node_modules|dist|\.next|package-lock\.json)(\/|$)/.test(
    path.relative(examples, file),
  );
}

async function dependOn(manifest: string, tarball: string): Promise<void> {
  const content = JSON.parse(await readFile(manifest, "utf8"));
  content.dependencies["trpc-chunked-upload"] = `file:${tarball}`;
  await writeFile(manifest, JSON.stringify(content, null, 2));
}

function start(args: readonly string[], directory: string, env: Env) {
  const kept = ["PATH", "HOME", "TMPDIR", "LANG"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const own = { ...Object.fromEntries(kept), NEXT_TELEMETRY_DISABLED: "1", CI: "true", ...env };
  const child = spawn(process.execPath, [...args], {
    cwd: directory,
    env: own as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes: Buffer) => {
      output += bytes.toString("utf8");
    });
  }
  return { child, output: () => output };
}

/** Rejects when the child ends before it answers. */
async function answers(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(url).catch(() => null);
    if (answer !== null) return;
    await sleep(100);
  }
  throw new Error("It ended.");
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}
