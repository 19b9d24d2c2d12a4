import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { freePort } from "./free-port.ts";
import { tempDirectory } from "./temp-directory.ts";

const root = path.join(import.meta.dirname, "../..");

/** `next dev` on this project, with an output directory and data of its own. */
export interface NextDev extends AsyncDisposable {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  output(): string;
}

/** Starts `next dev` on a free port; resolves once it answers requests. */
export async function spawnNextDev(): Promise<NextDev> {
  const data = await tempDirectory();
  await mkdir(path.join(root, ".next"), { recursive: true });
  const dist = await mkdtemp(path.join(root, ".next", "test-"));
  await writeTsconfig(dist);
  const typesFile = path.join(root, "next-env.d.ts");
  const types = await readFile(typesFile, "utf8").catch(() => null);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    NODE_ENV: "development",
    DATA_DIR: data.path,
    PORT: String(port),
    PUBLIC_URL: url,
    LOG_LEVEL: "warn",
    ADMIN_PASSWORD: "the first administrator's",
    NEXT_DIST_DIR: path.relative(root, dist),
    NEXT_TELEMETRY_DISABLED: "1",
  };
  const next = path.join(root, "node_modules/next/dist/bin/next");
  const child = spawn(process.execPath, [next, "dev", "-H", "127.0.0.1", "-p", String(port)], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env } as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  const ready = new Promise<void>((resolve, reject) => {
    const hear = (bytes: Buffer) => {
      output += bytes.toString("utf8");
      if (output.includes("Ready at")) resolve();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => reject(new Error(`next dev ended (${code}):\n${output}`)));
  });
  const dispose = async () => {
    if (child.exitCode === null && child.pid !== undefined) {
      const ended = once(child, "exit");
      // Next works in processes of its own: the whole group ends.
      process.kill(-child.pid, "SIGKILL");
      await ended;
    }
    await (types === null ? rm(typesFile, { force: true }) : writeFile(typesFile, types));
    await rm(dist, { recursive: true, force: true, maxRetries: 5 });
    await rm(`${dist}.tsconfig.json`, { force: true });
    await data[Symbol.asyncDispose]();
  };
  try {
    await ready;
  } catch (error) {
    await dispose();
    throw error;
  }
  return { url, env, output: () => output, [Symbol.asyncDispose]: dispose };
}

/** Next adds its output directory to the tsconfig it is given: not to the project's. */
async function writeTsconfig(dist: string): Promise<void> {
  const text = JSON.stringify({ extends: "../tsconfig.json", include: [] });
  await writeFile(`${dist}.tsconfig.json`, text);
}
