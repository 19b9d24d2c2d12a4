import { closeSync, constants, fdatasyncSync, openSync, writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import type { IHasher } from "hash-wasm";
import { hasherFactories } from "../../../src/digests/factories.ts";
import type { DigestName } from "../../../src/digests/names.ts";
import type { FloorTask, FloorWorkerData } from "./floor-messages.ts";

const { memory, blockBytes, digest } = workerData as FloorWorkerData;
const hasher: IHasher | null =
  digest === "none" ? null : (await hasherFactories[digest as DigestName]()).init();
const { O_CREAT, O_DIRECT, O_RDWR, O_TRUNC } = constants;
let file: number | null = null;

function open(path: string): void {
  if (file !== null) closeSync(file);
  hasher?.init();
  file = openSync(path, O_RDWR | O_CREAT | O_TRUNC | O_DIRECT, 0o600);
}

parentPort?.on("message", (task: FloorTask) => {
  if (task.do === "open") open(task.path);
  if (task.do === "write" && file !== null) {
    const block = new Uint8Array(memory.buffer, task.block * blockBytes, task.bytes);
    hasher?.update(block);
    writeSync(file, block, 0, task.bytes, task.position);
  }
  if (task.do === "sync" && file !== null) fdatasyncSync(file);
  parentPort?.postMessage(task);
});
