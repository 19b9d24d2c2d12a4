import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { tempDirectory } from "./temp-directory.ts";

/** The nginx binary of this machine (`NGINX_PATH` names another one); null when there is none. */
export function findNginx(): string | null {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  const places = [process.env.NGINX_PATH ?? "", ...folders.map((at) => path.join(at, "nginx"))];
  return places.find((place) => place !== "" && isExecutable(place)) ?? null;
}

function isExecutable(place: string): boolean {
  try {
    accessSync(place, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** One `server` block in front of the application. */
export interface ProxyServer {
  /** Lines of the `location /` block after `proxy_pass`. */
  readonly location: string;
  /** Lines of the `http` block, for caches and the like. */
  readonly http?: string;
}

export interface Proxies extends AsyncDisposable {
  /** The URLs of the servers by their names, without a trailing slash. */
  readonly urls: ReadonlyMap<string, string>;
}

/** One nginx with a server on a port of its own for each of `servers`, in front of `upstreamUrl`. */
export async function startNginx(
  binary: string,
  upstreamUrl: string,
  servers: Readonly<Record<string, ProxyServer>>,
): Promise<Proxies> {
  const urls = new Map<string, string>();
  const blocks: string[] = [
    `client_max_body_size 0; upstream app { server ${new URL(upstreamUrl).host}; keepalive 4; }`,
  ];
  for (const [name, server] of Object.entries(servers)) {
    const port = await freePort();
    urls.set(name, `http://127.0.0.1:${port}`);
    blocks.push(
      `${server.http ?? ""}
      server {
        listen 127.0.0.1:${port};
        location / { proxy_pass http://app; ${server.location} }
      }`,
    );
  }
  const running = await runNginx(binary, blocks.join("\n"), [...urls.values()]);
  return { urls, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

/** One nginx with these lines in its `http` block; resolves once it listens at all `urls`. */
export async function runNginx(
  binary: string,
  http: string,
  urls: readonly string[],
): Promise<AsyncDisposable> {
  const directory = await tempDirectory();
  const configuration = `
    ${process.getuid?.() === 0 ? "user root;" : ""}
    worker_processes 1;
    daemon off;
    pid nginx.pid;
    error_log error.log warn;
    events { worker_connections 512; }
    http {
      access_log off;
      client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f;
      uwsgi_temp_path u; scgi_temp_path s;
      ${http}
    }`;
  const file = path.join(directory.path, "nginx.conf");
  await writeFile(file, configuration);
  const child = spawn(binary, ["-p", directory.path, "-e", "error.log", "-c", file], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  for (const url of urls) await untilListening(child, url);
  return {
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) {
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        await ended;
      }
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function untilListening(child: ChildProcess, url: string): Promise<void> {
  let complaint = "";
  child.stderr?.on("data", (text: Buffer) => {
    complaint += text.toString();
  });
  while (!(await isListening(url))) {
    if (child.exitCode !== null) throw new Error(`nginx did not start: ${complaint}`);
    await sleep(20);
  }
}

function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
