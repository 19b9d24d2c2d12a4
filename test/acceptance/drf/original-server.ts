import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { DrfClient } from "../../support/drf-client.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

/** Python that has drf-chunked-upload: named by `ORIGINAL_PYTHON`, else the one on the path. */
const python = process.env.ORIGINAL_PYTHON || "python3";
const script = path.join(import.meta.dirname, "original_server.py");

/** The original, serving, and a client of it. */
export interface OriginalServer extends AsyncDisposable {
  readonly drf: DrfClient;
}

/** Starts drf-chunked-upload itself; files may have `limit` bytes. Throws with what Python says when it cannot. */
export async function startOriginal(limit: number): Promise<OriginalServer> {
  const directory = await tempDirectory();
  const child = spawn(python, [script, directory.path, String(limit)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.on("data", (bytes: Buffer) => {
    complaints += bytes.toString("utf8");
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, "line"), once(child, "close")])) as unknown[];
  if (typeof line !== "string") throw new Error(`drf-chunked-upload did not start:\n${complaints}`);
  const { port, token } = JSON.parse(line) as { port: number; token: string };
  return {
    drf: DrfClient.by(`http://127.0.0.1:${port}`, token),
    async [Symbol.asyncDispose]() {
      const ended = once(child, "close");
      child.kill();
      await ended;
      await directory[Symbol.asyncDispose]();
    },
  };
}
