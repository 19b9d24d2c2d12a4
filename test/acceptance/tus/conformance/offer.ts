import { type Answer, exchange } from "./exchange.ts";

/** What a server says of itself in its answer to OPTIONS. */
export interface Offer {
  readonly answer: Answer;
  readonly versions: readonly string[];
  readonly extensions: readonly string[];
  /** Null when none is announced. */
  readonly maxSize: number | null;
  readonly algorithms: readonly string[];
}

/** Asks without `Tus-Resumable`, as a client should. */
export async function askOffer(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Offer> {
  const answer = await exchange(url, { method: "OPTIONS", headers });
  const list = (name: string) =>
    (answer.header(name) ?? "")
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  const size = answer.header("tus-max-size");
  return {
    answer,
    versions: list("tus-version"),
    extensions: list("tus-extension"),
    maxSize: size === undefined ? null : Number(size),
    algorithms: list("tus-checksum-algorithm"),
  };
}
