import type { TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import type { AnyAppRouter } from "../doors/trpc/router-contract.ts";
import { followSignal } from "./follow-signal.ts";

/** Gives each call its own signal, since tRPC's links do not remove their listeners from the caller's signal. */
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
