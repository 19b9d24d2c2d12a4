import { createServer, type IncomingMessage } from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { FloorTask, FloorWorkerData } from "./floor-messages.ts";

// The least that a server in Node does for a durable, hashed chunk. It has no records, no accounts and
// no error handling: it shows what the machine can do. Arguments: directory, digest.
// One connection at a time; lengths and positions must be multiples of 4 KiB.

const BLOCK_BYTES = 2 ** 20;
const BLOCKS = 8;
const WASM_PAGE = 64 * 1024;

const [directory = "", digest = "md5"] = process.argv.slice(2);
const pages = (BLOCKS * BLOCK_BYTES) / WASM_PAGE;
const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
const workerData: FloorWorkerData = { memory, blockBytes: BLOCK_BYTES, digest };
// A worker of Node 20 does not inherit the loader of TypeScript.
const script = pathToFileURL(path.join(import.meta.dirname, "floor-worker.ts")).href;
const start = `import("tsx/esm/api").then(({ register }) => (register(), import("${script}")))`;
const worker = new Worker(start, { eval: true, workerData });

const free = Array.from({ length: BLOCKS }, (_, index) => index);
const synced: (() => void)[] = [];
let wake: () => void = () => {};

worker.on("message", (task: FloorTask) => {
  if (task.do === "write") {
    free.push(task.block);
    wake();
  }
  if (task.do === "sync") synced.shift()?.();
});

const post = (task: FloorTask) => worker.postMessage(task);

async function takeBlock(): Promise<number> {
  while (free.length === 0) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  return free.shift() ?? 0;
}

function bodyOf(request: IncomingMessage, start: number): Promise<void> {
  let position = start;
  let block: number | null = null;
  let filled = 0;
  const send = () => {
    if (block === null) return;
    post({ do: "write", block, bytes: filled, position });
    position += filled;
    block = null;
    filled = 0;
  };
  const copy = async (piece: Uint8Array) => {
    for (let taken = 0; taken < piece.length; ) {
      if (block === null) {
        if (free.length === 0) request.pause();
        block = await takeBlock();
        request.resume();
      }
      const count = Math.min(piece.length - taken, BLOCK_BYTES - filled);
      const target = new Uint8Array(memory.buffer, block * BLOCK_BYTES + filled, count);
      target.set(piece.subarray(taken, taken + count));
      taken += count;
      filled += count;
      if (filled === BLOCK_BYTES) send();
    }
  };
  return new Promise((resolve, reject) => {
    let turn = Promise.resolve();
    request.on("data", (piece: Buffer) => {
      turn = turn.then(() => copy(piece));
    });
    request.once("error", reject);
    request.once("end", () => {
      turn.then(() => {
        send();
        synced.push(resolve);
        post({ do: "sync" });
      }, reject);
    });
  });
}

const server = createServer((request, response) => {
  const start = Number(/bytes (\d+)-/.exec(request.headers["content-range"] ?? "")?.[1] ?? 0);
  if (start === 0) post({ do: "open", path: path.join(directory, "floor.part") });
  bodyOf(request, start).then(
    () => response.end("{}"),
    () => response.destroy(),
  );
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  process.stdout.write(`Ready at http://127.0.0.1:${port}\n`);
});
