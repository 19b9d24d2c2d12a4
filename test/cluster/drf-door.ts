import { DrfClient, said } from "../support/drf-client.ts";
import type { WholeAnswer } from "../support/http-client.ts";
import { Violation } from "./history.ts";
import { mustBe, once, pause, persist, type Sending } from "./persist.ts";

/** Multipart forms in order, as clients of drf-chunked-upload send them. */
export async function sendDrf(sending: Sending): Promise<string> {
  const { file, chance, history } = sending;
  const client = DrfClient.by(sending.origin, sending.token);
  const step = chance.int(512 * 1024, 6 * 2 ** 20);
  const last = sending.abandon ? Math.floor(file.size / 2) : file.size;
  const chunk = (start: number) => {
    const end = Math.min(last, start + step);
    return { bytes: file.slice(start, end), start, total: file.size };
  };
  const created = await persist(sending, "PUT 0 (create)", () => client.put(chunk(0)));
  const { id } = said(mustBe(200, "PUT 0 (create)", created));
  history.note(`drf upload ${id}, chunks of ${step}`);
  const url = client.urlOf(id);
  let at = offsetOf(created);
  for (let tries = 0; at < last; tries += 1) {
    const what = `PUT ${at}`;
    const answer = await once(history, what, () => client.put(chunk(at), url));
    if (answer?.status === 200) {
      at = notBelow(at + 1, offsetOf(answer), what);
      tries = 0;
      continue;
    }
    await pause(tries, answer);
    if (tries > 90) throw new Violation(`${what}: no progress`);
    const seen = await persist(sending, "GET", () => client.ask("GET", url));
    at = notBelow(at, offsetOf(mustBe(200, "GET", seen)), "GET");
  }
  if (sending.abandon) return id;
  const ended = await persist(sending, "POST", () => client.complete(url, { md5: file.digest() }));
  if (said(mustBe(200, "POST", ended)).status !== 2) throw new Violation("POST: not complete");
  return id;
}

function offsetOf(answer: WholeAnswer): number {
  return Number(said(answer).offset);
}

function notBelow(acknowledged: number, offset: number, what: string): number {
  if (offset >= acknowledged) return offset;
  throw new Violation(`${what}: ${acknowledged} bytes were acknowledged, the offset is ${offset}`);
}
