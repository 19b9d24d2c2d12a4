import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import { homedir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { tempDirectory } from "./temp-directory.ts";

const ACCESS_KEY = "test";
const SECRET_KEY = "testtest";
const START_MS = 30_000;

/** A versitygw of the test's own, over a temporary directory. */
export interface S3Server extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Creates a bucket. Returns its directory, in which each object is a file. */
  createBucket(name: string): Promise<string>;
  /** Ends the process at once; what it has stored stays. */
  stop(): Promise<void>;
  /** Starts it again at the same address. */
  start(): Promise<void>;
}

/** The path of versitygw: VERSITYGW_PATH, or where `go install` puts it, or in PATH; null for none. */
export function versitygwPath(): string | null {
  const { VERSITYGW_PATH, GOBIN, GOPATH, PATH = "" } = process.env;
  if (VERSITYGW_PATH) return VERSITYGW_PATH;
  const goPaths = (GOPATH ?? path.join(homedir(), "go")).split(path.delimiter);
  const places = [
    GOBIN ?? "",
    ...goPaths.map((each) => path.join(each, "bin")),
    ...PATH.split(path.delimiter),
  ];
  return (
    places
      .filter((place) => place !== "")
      .map((place) => path.join(place, "versitygw"))
      .find(isExecutable) ?? null
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts a server on a free port of 127.0.0.1. */
export async function startS3Server(): Promise<S3Server> {
  const binary = versitygwPath();
  if (binary === null) throw new Error("No versitygw was found: name it in VERSITYGW_PATH.");
  const directory = await tempDirectory();
  const data = path.join(directory.path, "data");
  const sidecar = path.join(directory.path, "sidecar");
  await Promise.all([mkdir(data), mkdir(sidecar)]);
  const port = await freePort();
  let child: ChildProcess | null = null;

  async function start(): Promise<void> {
    // Metadata in files: not every temporary directory has extended attributes.
    const args = ["--quiet", "--port", `127.0.0.1:${port}`, "posix", "--sidecar", sidecar, data];
    const keys = { ROOT_ACCESS_KEY: ACCESS_KEY, ROOT_SECRET_KEY: SECRET_KEY };
    const started = spawn(binary ?? "", args, {
      stdio: "ignore",
      env: { ...process.env, ...keys },
    });
    child = started;
    await listening(port, started);
  }

  async function stop(): Promise<void> {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  await start();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    accessKeyId: ACCESS_KEY,
    secretAccessKey: SECRET_KEY,
    async createBucket(name) {
      const bucket = path.join(data, name);
      await mkdir(bucket);
      return bucket;
    },
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`versitygw ended with code ${child.exitCode}`);
    if (await accepts(port)) return;
    await sleep(50);
  }
  throw new Error("versitygw did not start");
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** The settings of a server that stores in `bucket`. */
export function s3Settings(server: S3Server, bucket: string): Record<string, string> {
  return {
    CHUNKED_UPLOAD_STORAGE: "s3",
    S3_BUCKET: bucket,
    S3_ENDPOINT: server.endpoint,
    S3_ACCESS_KEY_ID: server.accessKeyId,
    S3_SECRET_ACCESS_KEY: server.secretAccessKey,
    S3_FORCE_PATH_STYLE: "true",
  };
}
