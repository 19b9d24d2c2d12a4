import { isIP } from "node:net";
import path from "node:path";
import { z } from "zod";
import { LONGEST_PASSWORD, normalEmail, SHORTEST_PASSWORD } from "./core/account-rules.ts";
import { parseByteSize, parseDuration } from "./core/quantities.ts";

/** Parsers for the values of settings. Each has a description of what it accepts. */

/** A setting parsed by `read`, which returns null or NaN for an invalid value. */
export function parsed<T>(read: (text: string) => T | null, allowed: string) {
  return z.string().transform((text, context): T => {
    const value = read(text.trim());
    if (value !== null && !Number.isNaN(value)) return value;
    context.addIssue({ code: "custom", message: `must be ${allowed}` });
    return z.NEVER;
  });
}

export const oneOf = <const T extends string>(...values: readonly T[]) =>
  parsed(
    (text) => values.find((value) => value === text.toLowerCase()) ?? null,
    `one of ${values.join(", ")}`,
  );
export const flag = parsed(
  (text) => ({ true: true, "1": true, false: false, "0": false })[text.toLowerCase()] ?? null,
  "true or false",
);
export const sizeAtLeast = (least: number, words: string) =>
  parsed((text) => {
    const bytes = parseByteSize(text);
    return bytes !== null && bytes >= least ? bytes : null;
  }, `a size of ${words}, such as 1048576, 8 MiB or 4 GB`);
/** About 100 years. Much longer durations end after the last representable `Date`. */
const LONGEST_MS = 36_500 * 86_400_000;
export const durationAtLeast = (leastMs: number, words: string) =>
  parsed((text) => {
    const ms = parseDuration(text);
    return ms !== null && ms >= leastMs && ms <= LONGEST_MS ? ms : null;
  }, `a duration of ${words} and at most 36500d, such as 500ms, 60s, 15m, 24h or 7d`);
export const extension = parsed(
  (text) => (/^\.?[A-Za-z0-9_-]+$/.test(text) ? `.${text.replace(/^\./, "")}` : null),
  "a file extension of letters and digits, such as .done",
);
export const origin = (text: string) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const http = url?.protocol === "http:" || url?.protocol === "https:";
  return http && url.pathname === "/" && url.search === "" && url.hash === "" ? url.origin : null;
};
export const webAddress = (text: string) =>
  /^https?:\/\//i.test(text) && URL.canParse(text) ? text : null;
export const list = (read: (item: string) => string | null, allowed: string) =>
  parsed((text) => {
    const items = text.split(/[\s,]+/).filter((item) => item !== "");
    const values = items.map(read).filter((item) => item !== null);
    return values.length === items.length ? values : null;
  }, allowed);
export const words = z.string().optional();
export const address = parsed(normalEmail, "an e-mail address");
export const password = parsed(
  (text) => (text.length >= SHORTEST_PASSWORD && text.length <= LONGEST_PASSWORD ? text : null),
  `a password of ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters`,
);

export function readNetwork(item: string): string | null {
  const [host = "", prefix] = item.split("/");
  const family = isIP(host);
  if (family === 0 || (prefix !== undefined && !/^\d+$/.test(prefix))) return null;
  const bits = Number(prefix ?? 0);
  if (bits > (family === 4 ? 32 : 128)) return null;
  return item;
}

export function readPathTemplate(text: string): string | null {
  const parts = text.split("/");
  const bad = text.startsWith("/") || /[\\\0]/.test(text) || parts.includes("..");
  return bad ? null : parts.filter((part) => part !== "" && part !== ".").join("/");
}

/** Normalizes a prefix of object keys: no leading slash, one trailing slash, or empty. Null if invalid. */
export function readKeyPrefix(text: string): string | null {
  const path = readPathTemplate(text.replace(/^\/+/, ""));
  return path === null || path === "" ? path : `${path}/`;
}

export function readRate(text: string): { points: number; durationMs: number } | null {
  const [points = "", window = ""] = text.split("/");
  const durationMs = parseDuration(window);
  return /^[1-9]\d{0,5}$/.test(points) && durationMs !== null && durationMs > 0
    ? { points: Number(points), durationMs }
    : null;
}

export function readPort(text: string): number | null {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null;
}

/** A whole number from 1 to `most`, without leading zeros. */
export function countUpTo(most: number, things: string) {
  return parsed((text) => {
    const count = /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
    return count !== null && count <= most ? count : null;
  }, `a number of ${things} from 1 to ${most}`);
}

export function readDatabaseUrl(text: string): string | null {
  if (/^postgres(ql)?:\/\//.test(text)) return URL.canParse(text) ? text : null;
  return text.startsWith("file:") && text.length > "file:".length ? text : null;
}

/** The database URL with an absolute path; by default a file in `dataDir`. */
export function absoluteDatabaseUrl(given: string | undefined, dataDir: string): string {
  if (given === undefined) return `file:${path.join(dataDir, "database.db")}`;
  return given.startsWith("file:")
    ? `file:${path.resolve(given.slice("file:".length).replace(/^\/\/(?=\/)/, ""))}`
    : given;
}

/** The sweep interval in milliseconds, or "off"; null if invalid. */
export function readInterval(text: string): number | "off" | null {
  if (text.toLowerCase() === "off") return "off";
  const ms = parseDuration(text);
  return ms !== null && ms >= 1_000 ? ms : null;
}
