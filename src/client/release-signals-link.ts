import type { TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import type { AnyAppRouter } from "../doors/trpc/router-contract.ts";
import { followSignal } from "./follow-signal.ts";

/** tRPC's links leave a listener of each call on the caller's signal: they are given one of the call's own. */
export const releaseSignalsLink: TRPCLink<AnyAppRouter> =
  () =>
  ({ op, next }) => {
    const given = op.signal;
    if (!given) return next(op);
    return observable((observer) => {
      const { signal, release } = followSignal(given);
      const call = next({ ...op, signal }).subscribe(observer);
      return () => {
        release();
        call.unsubscribe();
      };
    });
  };
