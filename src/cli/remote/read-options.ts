import { InvalidArgumentError } from "commander";

/** Parsers of option values. Each throws commander's InvalidArgumentError for an invalid value. */

const units: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/** Parses "8MiB", "4 MB" or "65536" to bytes. kB, MB, GB are powers of ten, KiB, MiB, GiB of two. */
export function readBytes(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?i?b?)\s*$/i.exec(text);
  const unit = units[(match?.[2] ?? "?").toLowerCase()];
  const bytes = Number(match?.[1]) * (unit ?? Number.NaN);
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new InvalidArgumentError('Expected a size such as "8MiB", "4MB" or "65536".');
}

/** Creates a parser for whole numbers from `least` to `most`. */
export function readCount(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

/** Parses an http(s) URL, optionally with a path, and removes trailing slashes. */
export function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError('Expected a URL such as "https://files.example.com".');
  }
  if (url.username !== "" || url.search !== "" || url.hash !== "") {
    throw new InvalidArgumentError("The server's URL must not have a user, query or fragment.");
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

export type Metadata = { readonly [key: string]: unknown };

/** Parses "key=value" (a string value) or a JSON object, and adds it to `before`. */
export function readMetadata(text: string, before: Metadata = {}): Metadata {
  if (text.trimStart().startsWith("{")) return { ...before, ...readObject(text) };
  const at = text.indexOf("=");
  if (at > 0) return { ...before, [text.slice(0, at).trim()]: text.slice(at + 1) };
  throw new InvalidArgumentError("Expected key=value or a JSON object.");
}

function readObject(text: string): Metadata {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return { ...value };
  } catch (cause) {
    const reason = cause instanceof Error ? ` (${cause.message})` : "";
    throw new InvalidArgumentError(`Expected a JSON object${reason}.`);
  }
  throw new InvalidArgumentError("Expected a JSON object.");
}
