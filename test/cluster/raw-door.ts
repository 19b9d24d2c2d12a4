import { bearer, type ChunkOf, chunksOf, inLanes, sendChunk } from "../support/chunk-sender.ts";
import { send, type WholeAnswer } from "../support/http-client.ts";
import { Violation } from "./history.ts";
import { mustBe, mutate, once, pause, persist, type Sending } from "./persist.ts";

type Ranges = readonly (readonly [number, number])[];

/** PUT of raw chunks: in order with lengths of the client's choice, or aligned ones in parallel. */
export async function sendRaw(sending: Sending): Promise<string> {
  const { file, chance } = sending;
  const { id, chunkSize } = await mutate(sending, "uploads.init", {
    filename: file.name,
    size: file.size,
    chunkSize: chance.int(1, 6) * 2 ** 20,
  });
  const upload = { id: String(id), chunkSize: Number(chunkSize) };
  sending.history.note(`raw upload ${upload.id}, chunk size ${upload.chunkSize}`);
  if (chance.next() < 0.5) await sendParallel(sending, upload);
  else await sendInOrder(sending, upload);
  if (sending.abandon) return upload.id;
  const done = await mutate(sending, "uploads.complete", {
    id: upload.id,
    checksum: file.digest(),
  });
  if (done.status !== "complete") throw new Violation(`complete returned ${done.status}`);
  return upload.id;
}

async function sendParallel(
  sending: Sending,
  upload: { id: string; chunkSize: number },
): Promise<void> {
  const { file, chance } = sending;
  const chunks = chance.shuffle(chunksOf(file, upload.chunkSize));
  const digest = chance.next() < 0.5 ? ({ digest: "sha-256" } as const) : {};
  const wanted = sending.abandon ? chunks.slice(0, Math.ceil(chunks.length / 2)) : chunks;
  const acknowledged: ChunkOf[] = [];
  await inLanes(wanted, 3, async (chunk) => {
    const before = [...acknowledged];
    const what = `PUT ${chunk.start}-${chunk.end}`;
    const answer = await persist(sending, what, () =>
      sendChunk(target(sending, upload.id), file, { ...chunk, ...digest }),
    );
    mustBe(200, what, answer);
    mustHold(answer, [...before, chunk], what);
    acknowledged.push(chunk);
  });
}

async function sendInOrder(sending: Sending, upload: { id: string }): Promise<void> {
  const { file, chance, history } = sending;
  const last = sending.abandon ? Math.floor(file.size / 2) : file.size;
  const { url, headers } = target(sending, upload.id);
  let at = 0;
  for (let tries = 0; at < last; tries += 1) {
    const end = Math.min(last, at + chance.int(256 * 1024, 8 * 2 ** 20));
    const what = `PUT ${at}-${end}`;
    const answer = await once(history, what, () =>
      sendChunk({ url, headers }, file, { start: at, end }),
    );
    if (answer?.status === 200) {
      mustHold(answer, [{ start: 0, end }], what);
      at = end;
      tries = 0;
      continue;
    }
    await pause(tries, answer);
    if (tries > 90) throw new Violation(`${what}: no progress`);
    const seen = await persist(sending, "GET", () => send(url, { headers }));
    mustHold(mustBe(200, "GET", seen), [{ start: 0, end: at }], "GET");
    at = Number((seen.json() as { offset: number }).offset);
  }
}

function target({ origin, token }: Sending, id: string) {
  return bearer(`${origin}/api/uploads/${id}`, token);
}

function mustHold(answer: WholeAnswer, chunks: readonly ChunkOf[], what: string): void {
  const { received } = answer.json() as { received: Ranges };
  for (const { start, end } of chunks) {
    if (start === end || received.some(([from, to]) => from <= start && end <= to)) continue;
    const held = JSON.stringify(received);
    throw new Violation(`${what}: ${start}-${end} was acknowledged, the server holds ${held}`);
  }
}
