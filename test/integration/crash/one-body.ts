import { beginUpload } from "../../support/begin-upload.ts";
import { firstWrongByte, OpenChunk } from "../../support/chunk-sender.ts";
import { chance, randomFile } from "../../support/random-file.ts";
import { spawnServer } from "../../support/spawn-server.ts";
import { tokenOf } from "./kill-nine.ts";

const MIB = 2 ** 20;
/** So much is handed over at a time. */
const STEP = MIB;

export interface OneBodyReport {
  readonly sent: number;
  readonly kept: number;
  readonly lost: number;
  readonly wrongByte: number | null;
}

/**
 * Sends one body of `size` bytes at offset 0 and kills the server once `killAt` of them have left
 * this process; answers what the server still holds after a restart. What is left is then sent, and
 * the upload completed.
 */
export async function killInBody(ask: {
  size: number;
  killAt: number;
  seed: number;
}): Promise<OneBodyReport> {
  await using server = await spawnServer();
  const headers = { authorization: `Bearer ${await tokenOf(server)}` };
  const file = randomFile(ask.size, ask.seed);
  const upload = await beginUpload({ url: server.url, headers, file });
  const body = new OpenChunk(upload.target, file, { start: 0, end: ask.size });
  let sent = 0;
  for (; sent < ask.killAt; sent += STEP) await body.send(Math.min(STEP, ask.killAt - sent));
  sent = ask.killAt;
  await server.kill("SIGKILL");
  await body.answer.catch(() => undefined);
  await server.start();
  const { offset: kept, createdAt } = await upload.status();
  const day = createdAt.toISOString().slice(0, 10).replaceAll("-", "/");
  const part = `${server.dataDir}/media/chunked_uploads/${day}/${upload.id}.part`;
  const wrongByte = kept === 0 ? null : await firstWrongByte(part, file, [[0, kept]]);
  const rest = await upload.send({ start: kept, end: ask.size });
  if (rest.status !== 200) throw new Error(`The rest was answered ${rest.status}: ${rest.body}`);
  const { status } = await upload.complete();
  if (status !== "complete") throw new Error(`The upload is ${status}.`);
  return { sent, kept, lost: sent - kept, wrongByte };
}

/** Kills at `rounds` random moments of one body each. */
export async function killInBodies(ask: {
  size: number;
  rounds: number;
  seed: number;
}): Promise<OneBodyReport[]> {
  const dice = chance(ask.seed);
  const reports: OneBodyReport[] = [];
  for (let round = 0; round < ask.rounds; round += 1) {
    const killAt = dice.int(1, ask.size - 1);
    reports.push(await killInBody({ size: ask.size, killAt, seed: ask.seed + round }));
  }
  return reports;
}

// The full form: node --import tsx test/integration/crash/one-body.ts, 2 GB by default
// (ONE_BODY_MIB, ONE_BODY_ROUNDS, ONE_BODY_SEED).
if (process.argv[1] === import.meta.filename) {
  const size = Number(process.env.ONE_BODY_MIB ?? 1_908) * MIB;
  const rounds = Number(process.env.ONE_BODY_ROUNDS ?? 1);
  const seed = Number(process.env.ONE_BODY_SEED ?? Date.now() % 2 ** 32);
  for (const report of await killInBodies({ size, rounds, seed })) {
    process.stdout.write(`${JSON.stringify({ seed, size, ...report })}\n`);
  }
}
