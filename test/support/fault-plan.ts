import { chance } from "./random-file.ts";

/** How a line ends: closed, reset (RST), or silent for a while and then closed. */
export type Ending = "cut" | "reset" | "stall";

/** What befalls one request. `at` is how much of the body passes before: from 0 to below 1. */
export type Fault =
  | {
      readonly kind: Ending;
      readonly during: "request" | "response";
      readonly at: number;
      /** For how much of the proxy's `stallMs` a stalled line is silent: from 0 to below 1. */
      readonly patience: number;
    }
  | {
      readonly kind: "refuse";
      readonly status: 429 | 502 | 503;
      readonly retryAfterSeconds: number | null;
      /** Whether the body is read before the answer. */
      readonly late: boolean;
    }
  | {
      readonly kind: "duplicate";
      /** Both copies on the way at once, or one after the other. */
      readonly together: boolean;
    };

export type FaultKind = Fault["kind"];

export const faultKinds = ["cut", "reset", "stall", "refuse", "duplicate"] as const;

/** How likely each fault is for one request, from 0 to 1; together at most 1. Left out: never. */
export type FaultOdds = Readonly<Partial<Record<FaultKind, number>>>;

/** What befalls the first request, the second, …; null: nothing. */
export interface FaultPlan {
  next(): Fault | null;
}

/** The same seed and odds give the same faults in the same order. */
export function planFaults(seed: number, odds: FaultOdds): FaultPlan {
  const { next } = chance(seed);
  return {
    next() {
      // Every request takes the same number of draws, whatever befalls it.
      const draws = { kind: next(), first: next(), second: next(), at: next() };
      const kind = kindOf(draws.kind, odds);
      return kind === null ? null : faultOf(kind, draws);
    },
  };
}

function kindOf(draw: number, odds: FaultOdds): FaultKind | null {
  let edge = 0;
  for (const kind of faultKinds) {
    edge += odds[kind] ?? 0;
    if (draw < edge) return kind;
  }
  return null;
}

function faultOf(kind: FaultKind, draws: { first: number; second: number; at: number }): Fault {
  const { first, second, at } = draws;
  if (kind === "duplicate") return { kind, together: first < 0.5 };
  if (kind !== "refuse")
    return { kind, during: first < 0.5 ? "request" : "response", at, patience: second };
  const late = at < 0.5;
  if (first < 1 / 3) return { kind, status: 502, retryAfterSeconds: null, late };
  if (first < 2 / 3) return { kind, status: 503, retryAfterSeconds: second < 0.5 ? 1 : null, late };
  return { kind, status: 429, retryAfterSeconds: second < 0.5 ? 1 : 0, late };
}
