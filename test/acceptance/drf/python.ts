import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const script = path.join(import.meta.dirname, "client.py");

/** Whether this machine has Python with `requests`. */
export async function hasRequests(): Promise<boolean> {
  return run("python3", ["-c", "import requests"]).then(
    () => true,
    () => false,
  );
}

/** Runs a piece of Python in `directory`. */
export async function runSource(source: string, directory: string): Promise<void> {
  await run("python3", ["-c", source], { cwd: directory });
}

export type How = "chunked" | "whole" | "resume";

export interface ClientRun {
  readonly url: string;
  readonly token: string;
  readonly file: string;
  readonly chunkSize: number;
  readonly how: How;
}

/** Runs the Python client to its end; answers the last answer that it was given. */
export async function runPython(ask: ClientRun): Promise<Record<string, unknown>> {
  const { url, token, file, chunkSize, how } = ask;
  const { stdout } = await run("python3", [script, url, token, file, String(chunkSize), how]);
  return JSON.parse(stdout) as Record<string, unknown>;
}
