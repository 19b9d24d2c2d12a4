import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { formOf, madeUpBytes } from "../support/form-sender.ts";
import { send } from "../support/http-client.ts";
import { spawnServer } from "../support/spawn-server.ts";
import { forgetPeak, memoryOf } from "./children.ts";

const MIB = 2 ** 20;
/** `BENCH_MIB=1024`. */
const bytes = Number(process.env.BENCH_MIB ?? 1024) * MIB;
const print = (line = "") => process.stdout.write(`${line}\n`);

/** One chunk of `size` bytes as a form, in a request of its own; milliseconds. */
async function sendForm(url: string, token: string, size: number): Promise<number> {
  const form = formOf([
    { name: "filename", body: "bench.bin" },
    { name: "file", filename: "chunk", body: madeUpBytes(size) },
  ]);
  const range = { "content-range": `bytes 0-${size - 1}/${size}` };
  const startedAt = performance.now();
  const answer = await send(`${url}/api/chunked_upload/`, {
    method: "PUT",
    headers: { authorization: `Token ${token}`, ...form.headers, ...range },
    body: form.body(),
  });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`);
  return performance.now() - startedAt;
}

print(`${cpus().length} cores (${cpus()[0]?.model}), Node ${process.versions.node}`);
print("One multipart chunk at drf-chunked-upload's own wire, made up on the way");
print();
print("| server | chunk | MB/s | idle MiB | peak MiB | above idle |");
print("| --- | --- | --- | --- | --- | --- |");
await using server = await spawnServer();
const token = await server.token();
for (let index = 0; index < 3; index += 1) await sendForm(server.url, token, MIB);
// The first large body grows heap and code of the server itself, at any door; the second shows the form's own need.
for (const state of ["fresh", "warm"]) {
  await sleep(2_000);
  const { now: idle } = memoryOf(server.pid);
  forgetPeak(server.pid);
  const ms = await sendForm(server.url, token, bytes);
  const { peak } = memoryOf(server.pid);
  const figures = [bytes / 1e3 / ms, idle, peak, peak - idle].map((value) => value.toFixed(0));
  print(`| ${[state, `${bytes / MIB} MiB`, ...figures].join(" | ")} |`);
}
