import { createHash } from "node:crypto";
import { type DrfClient, said } from "../../support/drf-client.ts";
import type { WholeAnswer } from "../../support/http-client.ts";
import { type Chance, chance } from "../../support/random-file.ts";

/** Two answers to one request. */
export interface Answers {
  readonly what: string;
  readonly theirs: WholeAnswer;
  readonly mine: WholeAnswer;
}

/** One upload, begun at both services. */
interface Twin {
  readonly bytes: Buffer;
  readonly theirs: string;
  readonly mine: string;
  held: number;
  done: boolean;
}

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

/**
 * Sends the same requests to two services, chosen by chance: chunks right and wrong, checksums, looks.
 * Left out is what the original does wrong and we do otherwise on purpose.
 */
export class SideBySide {
  readonly #theirs: DrfClient;
  readonly #mine: DrfClient;
  readonly #luck: Chance;
  readonly #twins: Twin[] = [];

  constructor(ask: { theirs: DrfClient; mine: DrfClient; seed: number }) {
    this.#theirs = ask.theirs;
    this.#mine = ask.mine;
    this.#luck = chance(ask.seed);
  }

  /** Uploads that came to their end. */
  get completed(): number {
    return this.#twins.filter(({ done }) => done).length;
  }

  async step(): Promise<Answers> {
    const newest = this.#twins.slice(-5);
    const twin = newest[this.#luck.int(0, newest.length - 1)];
    const choice = this.#luck.int(0, 9);
    if (twin === undefined || choice === 0) return this.#begin();
    if (choice === 1) return this.#look(twin);
    const isWhole = twin.held === twin.bytes.length;
    return isWhole && choice < 6 ? this.#complete(twin) : this.#append(twin);
  }

  async #begin(): Promise<Answers> {
    const length = this.#luck.int(1, 60);
    const bytes = Buffer.from(Array.from({ length }, () => this.#luck.int(0, 255)));
    const held = this.#luck.int(1, length);
    const chunk = { bytes: bytes.subarray(0, held), total: length };
    const theirs = await this.#theirs.put(chunk);
    const mine = await this.#mine.put(chunk);
    const urls = { theirs: said(theirs).url, mine: said(mine).url };
    this.#twins.push({ bytes, ...urls, held, done: false });
    return { what: `a new file of ${length} bytes`, theirs, mine };
  }

  async #append(twin: Twin): Promise<Answers> {
    const { length } = twin.bytes;
    const luck = this.#luck.int(0, 2);
    const start = luck === 0 ? this.#luck.int(0, length - 1) : Math.min(twin.held, length - 1);
    const end = this.#luck.int(start + 1, length);
    const missing = this.#luck.int(0, 4) === 0 ? 1 : 0;
    const bytes = twin.bytes.subarray(start, end - missing);
    const chunk = { bytes, range: `bytes ${start}-${end - 1}/${length}` };
    const theirs = await this.#theirs.put(chunk, twin.theirs);
    const mine = await this.#mine.put(chunk, twin.mine);
    if (theirs.status === 200) twin.held = end;
    return { what: `${bytes.length} bytes, ${chunk.range}`, theirs, mine };
  }

  /** The right checksum, a wrong one or none; again only a wrong one or none. */
  async #complete(twin: Twin): Promise<Answers> {
    const isRight = !twin.done && this.#luck.int(0, 2) > 0;
    const isNone = !isRight && this.#luck.int(0, 1) === 0;
    const fields = isNone ? {} : { md5: isRight ? md5(twin.bytes) : "0" };
    const theirs = await this.#theirs.complete(twin.theirs, fields);
    const mine = await this.#mine.complete(twin.mine, fields);
    twin.done ||= theirs.status === 200;
    return { what: `a checksum, ${JSON.stringify(fields)}`, theirs, mine };
  }

  async #look(twin: Twin): Promise<Answers> {
    const theirs = await this.#theirs.ask("GET", twin.theirs);
    const mine = await this.#mine.ask("GET", twin.mine);
    return { what: "a look", theirs, mine };
  }
}
