import { spawn } from "node:child_process";
import { once } from "node:events";

/** Python that has tuspy: named by `TUSPY_PYTHON`, else the one on the path. */
const python = process.env.TUSPY_PYTHON || "python3";

/**
 * Runs a Python script with tuspy; `input` is what it reads as JSON from `ask`, and what it prints
 * last is its answer. Without tuspy it fails, and says how to get it.
 */
export async function runTuspy(script: string, ask: unknown): Promise<unknown> {
  const program = `import json, sys\nask = json.load(sys.stdin)\n${script}`;
  const child = spawn(python, ["-c", program], { stdio: ["pipe", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (bytes: Buffer) => {
    stdout += bytes.toString("utf8");
  });
  child.stderr.on("data", (bytes: Buffer) => {
    stderr += bytes.toString("utf8");
  });
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify(ask));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`tuspy ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "null");
}
