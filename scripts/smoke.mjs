// Starts the built server with a free port and an empty data directory, uploads one file (token, init,
// chunks, complete), downloads it, and compares the bytes.
import { spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "./project.mjs";

const dataDir = mkdtempSync(path.join(tmpdir(), "smoke-"));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const env = {
  ...process.env,
  NODE_ENV: "production",
  HOST: "127.0.0.1",
  PORT: String(port),
  PUBLIC_URL: url,
  DATA_DIR: dataDir,
  ADMIN_EMAIL: "admin@example.com",
  LOG_LEVEL: "warn",
};
const server = spawn(process.execPath, ["dist/server.js"], {
  cwd: root,
  env,
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  await ready(server);
  await uploadAndDownload(createToken());
  process.stdout.write("The downloaded file equals the uploaded file.\n");
} finally {
  server.kill("SIGTERM");
  if (server.exitCode === null) await once(server, "exit");
  rmSync(dataDir, { recursive: true, force: true });
}

async function uploadAndDownload(token) {
  const bytes = randomBytes(20_000_000);
  const md5 = createHash("md5").update(bytes).digest("hex");
  const { id, chunkSize } = await control("uploads.init", token, {
    filename: "smoke.bin",
    size: bytes.length,
  });
  for (let start = 0; start < bytes.length; start += chunkSize) {
    const chunk = bytes.subarray(start, start + chunkSize);
    const range = `bytes ${start}-${start + chunk.length - 1}/${bytes.length}`;
    const response = await fetch(`${url}/api/uploads/${id}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-range": range },
      body: chunk,
    });
    if (response.status !== 200)
      throw new Error(`PUT ${range}: ${response.status} ${await response.text()}`);
  }
  const done = await control("uploads.complete", token, { id, checksum: md5 });
  if (done.checksum !== md5) throw new Error(`The server's checksum is ${done.checksum}`);
  const file = await fetch(done.fileUrl, { headers: { authorization: `Bearer ${token}` } });
  const downloaded = Buffer.from(await file.arrayBuffer());
  if (!downloaded.equals(bytes)) throw new Error("The download differs from the upload");
  const media = path.join(dataDir, "media");
  const names = readdirSync(media, { recursive: true }).filter((name) => name.endsWith(".done"));
  if (names.length !== 1 || !readFileSync(path.join(media, names[0])).equals(bytes)) {
    throw new Error(`The stored file differs: ${names}`);
  }
}

async function control(procedure, token, input) {
  const response = await fetch(`${url}/api/trpc/${procedure}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ json: input }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${procedure}: ${response.status} ${text}`);
  return JSON.parse(text).result.data.json;
}

function createToken() {
  const args = ["dist/cli.js", "token", "create", env.ADMIN_EMAIL, "--name", "smoke"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    env,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`Cannot create a token: ${stderr}`);
  return stdout.trim();
}

function ready(child) {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (bytes) => {
      output += bytes;
      if (output.includes("Ready at")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`The server exited (${code}):\n${output}`)));
  });
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port: free } = probe.address();
  probe.close();
  await once(probe, "close");
  return free;
}
