import { randomFillSync } from "node:crypto";
import { connect, type Socket } from "node:net";

/**
 * What one client process sends, as JSON in its first argument. It writes prepared buffers to raw
 * sockets, so that it costs much less than any server: the server is what is measured.
 */
export interface SocketTask {
  readonly port: number;
  /** One path for each connection. */
  readonly paths: readonly string[];
  readonly token: string;
  /** Bytes of each upload. */
  readonly bytes: number;
  readonly chunkBytes: number;
}

/** Its result, as one line of JSON. Milliseconds; percentiles of the time of one chunk. */
export interface SocketReport {
  readonly ms: number;
  readonly p50: number;
  readonly p99: number;
}

const task = JSON.parse(process.argv[2] ?? "") as SocketTask;
const content = randomFillSync(Buffer.allocUnsafe(task.chunkBytes));
const times: number[] = [];

/** Resolves with the status line once the whole response has arrived; its length must be known. */
function response(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const take = (bytes: Buffer) => {
      text += bytes.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      socket.off("data", take);
      socket.off("error", reject);
      resolve(text);
    };
    socket.on("data", take);
    socket.once("error", reject);
  });
}

async function send(path: string): Promise<void> {
  const socket = connect({ port: task.port, host: "127.0.0.1", noDelay: true });
  const { bytes: size, chunkBytes } = task;
  for (let start = 0; start < size; start += chunkBytes) {
    const length = Math.min(chunkBytes, size - start);
    const head = [
      `PUT ${path} HTTP/1.1`,
      "Host: 127.0.0.1",
      `Authorization: Bearer ${task.token}`,
      `Content-Range: bytes ${start}-${start + length - 1}/${size}`,
      `Content-Length: ${length}`,
    ];
    const began = performance.now();
    socket.cork();
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    socket.write(content.subarray(0, length));
    socket.uncork();
    const text = await response(socket);
    times.push(performance.now() - began);
    if (!text.startsWith("HTTP/1.1 200")) throw new Error(text);
  }
  socket.destroy();
}

const began = performance.now();
await Promise.all(task.paths.map(send));
const ms = performance.now() - began;
times.sort((a, b) => a - b);
const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? Number.NaN;
process.stdout.write(
  `${JSON.stringify({ ms, p50: at(0.5), p99: at(0.99) } satisfies SocketReport)}\n`,
);
