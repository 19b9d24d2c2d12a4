import { setTimeout as sleep } from "node:timers/promises";
import { notePassing, suitCollector } from "../../src/server/heap.ts";

// What sockets bring and nobody holds: buffers of 64 KiB, some at every turn.
if (process.argv[2] === "true") suitCollector();
let most = 0;
for (let turn = 0; turn < 400; turn += 1) {
  for (let piece = 0; piece < 8; piece += 1) notePassing(Buffer.alloc(64 * 1024).length);
  most = Math.max(most, process.memoryUsage().arrayBuffers);
  await sleep(1);
}
process.stdout.write(`${Math.round(most / 1e6)}\n`);
