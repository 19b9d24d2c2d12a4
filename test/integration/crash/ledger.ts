import { addRange, type ByteRange, missingRanges } from "../../../src/core/ranges.ts";
import type { UploadView } from "../../../src/wire/schemas.ts";
import { type BegunUpload, beginUpload } from "../../support/begin-upload.ts";
import { type ChunkOf, chunksOf, firstWrongByte, inLanes } from "../../support/chunk-sender.ts";
import { type Chance, type RandomFile, randomFile } from "../../support/random-file.ts";

/** What one upload was promised, beside the upload itself. */
export interface Ledger {
  readonly upload: BegunUpload;
  readonly lanes: number;
  /** Every range that the server said it holds. */
  held: readonly ByteRange[];
  /** The whole file's MD5; taken once. */
  readonly digest: string;
  completed: boolean;
}

/** What a server did that it must not do. */
export class Broken extends Error {}

export interface Server {
  readonly url: string;
  readonly dataDir: string;
}

type Headers = Readonly<Record<string, string>>;

export async function open(
  server: Server,
  headers: Headers,
  ask: { file: RandomFile; chunkSize: number; lanes: number },
): Promise<Ledger> {
  const { file, chunkSize, lanes } = ask;
  const upload = await beginUpload({ url: server.url, headers, file, init: { chunkSize } });
  return { upload, lanes, held: [], digest: file.digest(), completed: false };
}

/** A file of some size, for one lane (sequential bodies of any length) or for several. */
export function anyFile(chance: Chance, lanes: number): { file: RandomFile; chunkSize: number } {
  const mib = 2 ** 20;
  const size = lanes === 1 ? chance.int(20 * mib, 64 * mib) : chance.int(2 * mib, 16 * mib);
  return { file: randomFile(size, chance.int(1, 2 ** 31)), chunkSize: 256 * 1024 };
}

/** The ranges that an answer names. */
const told = (received: UploadView["received"]) => received.map(([start, end]) => ({ start, end }));

/** Sends on until everything is there, then completes. Rejects when the line breaks. */
export async function goOn(ledger: Ledger, chance: Chance): Promise<void> {
  if (ledger.completed) return;
  if (ledger.lanes === 1) await sendInOrder(ledger, chance);
  else await sendInLanes(ledger, chance);
  const view = await ledger.upload.complete(ledger.digest);
  if (view.status !== "complete") throw new Broken(`complete answered ${view.status}`);
  ledger.completed = true;
}

async function sendInOrder(ledger: Ledger, chance: Chance): Promise<void> {
  const { size } = ledger.upload.file;
  for (let start = prefix(ledger); start < size; start = prefix(ledger)) {
    const end = Math.min(size, start + chance.int(1, 24 * 2 ** 20));
    await sendOne(ledger, { start, end });
  }
}

async function sendInLanes(ledger: Ledger, chance: Chance): Promise<void> {
  const chunks = chunksOf(ledger.upload.file, ledger.upload.view.chunkSize);
  const missing = chunks.filter((chunk) => missingRanges(ledger.held, chunk).length > 0);
  await inLanes(chance.shuffle(missing), ledger.lanes, (chunk) => sendOne(ledger, chunk));
}

async function sendOne(ledger: Ledger, chunk: ChunkOf): Promise<void> {
  const answer = await ledger.upload.send(chunk);
  if (answer.status !== 200) throw new Broken(`PUT answered ${answer.status}: ${answer.body}`);
  ledger.held = addRange(ledger.held, chunk);
}

function prefix({ held }: Ledger): number {
  return held[0]?.start === 0 ? held[0].end : 0;
}

/** That the server still holds, byte for byte, whatever it ever said it holds. */
export async function audit(ledger: Ledger, dataDir: string): Promise<void> {
  const { upload } = ledger;
  const view = await upload.status();
  const received = told(view.received);
  for (const range of ledger.held) {
    const lost = missingRanges(received, range);
    if (lost.length > 0) throw new Broken(`${upload.id} lost ${JSON.stringify(lost)}`);
  }
  const isComplete = view.status === "complete";
  if (ledger.completed && !isComplete) throw new Broken(`${upload.id} is ${view.status} again`);
  const wrong = await firstWrongByte(pathOf(view, dataDir), upload.file, view.received).catch(
    (error: unknown) => `no file (${error})`,
  );
  if (received.length > 0 && wrong !== null) {
    throw new Broken(`${upload.id} (${view.status}) has a wrong byte at ${wrong}`);
  }
  ledger.held = received;
}

/** Where a file lies by default. */
function pathOf({ id, createdAt, status }: UploadView, dataDir: string): string {
  const day = createdAt.toISOString().slice(0, 10).replaceAll("-", "/");
  return `${dataDir}/media/chunked_uploads/${day}/${id}${status === "complete" ? ".done" : ".part"}`;
}
