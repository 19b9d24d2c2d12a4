import { randomFillSync } from "node:crypto";
import { exchange, keptAlive, rawWire, tusWire, type Wire } from "./wire.ts";

/** What one client process is asked to do, as JSON in its first argument. */
export interface ClientTask {
  readonly wire: "raw" | "tus";
  readonly origin: string;
  readonly token: string;
  readonly bytes: number;
  readonly chunkBytes: number;
  /** Uploads at once, each over a connection of its own. */
  readonly uploads: number;
  /** False: what was uploaded stays. */
  readonly remove: boolean;
  /** Hex digest to complete with; null: not completed. */
  readonly complete: boolean;
}

/** What it answers, as one line of JSON. Milliseconds. */
export interface ClientReport {
  readonly sendMs: number;
  readonly completeMs: number | null;
}

const task = JSON.parse(process.argv[2] ?? "") as ClientTask;
/** Random, so that nothing on the way gains by compressing or by finding it again. */
const content = randomFillSync(Buffer.allocUnsafe(Math.max(task.chunkBytes, 2 ** 20)));

async function sendAll(wire: Wire, url: string, agent: ReturnType<typeof keptAlive>) {
  for (let start = 0; start < task.bytes; start += task.chunkBytes) {
    const end = Math.min(start + task.chunkBytes, task.bytes);
    const { method, headers } = wire.chunk({ start, end, size: task.bytes });
    await exchange(url, { method, headers, agent, body: content.subarray(0, end - start) });
  }
}

async function completeOne(url: string, agent: ReturnType<typeof keptAlive>): Promise<number> {
  const id = url.split("/").at(-1);
  const headers = {
    authorization: `Bearer ${task.token}`,
    "content-type": "application/json",
  };
  const at = `${task.origin}/api/trpc/uploads`;
  const input = encodeURIComponent(JSON.stringify({ json: { id } }));
  const status = await exchange(`${at}.status?input=${input}`, { method: "GET", headers, agent });
  const { checksum } = JSON.parse(status.body).result.data.json.prefix;
  const body = JSON.stringify({ json: { id, checksum } });
  const startedAt = performance.now();
  await exchange(`${at}.complete`, { method: "POST", headers, agent, body });
  return performance.now() - startedAt;
}

const lanes = await Promise.all(
  Array.from({ length: task.uploads }, async () => {
    const agent = keptAlive();
    const wire =
      task.wire === "raw" ? rawWire(task.origin, task.token, agent) : tusWire(task.origin, agent);
    return { agent, wire, url: await wire.begin(task.bytes) };
  }),
);
const startedAt = performance.now();
await Promise.all(lanes.map(({ wire, url, agent }) => sendAll(wire, url, agent)));
const sendMs = performance.now() - startedAt;
const [first] = lanes;
const completeMs =
  task.complete && first !== undefined ? await completeOne(first.url, first.agent) : null;
if (task.remove) await Promise.all(lanes.map(({ wire, url }) => wire.remove(url)));
for (const { agent } of lanes) agent.destroy();
process.stdout.write(`${JSON.stringify({ sendMs, completeMs } satisfies ClientReport)}\n`);
