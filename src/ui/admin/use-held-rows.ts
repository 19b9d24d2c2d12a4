"use client";

import { useCallback, useState } from "react";
import { type HeldRows, holdRows, noRows } from "./held-rows.ts";

interface Held<Item extends { readonly id: string }> extends HeldRows<Item> {
  /** What the list was asked for, and the response that `rows` follow. */
  readonly key: string;
  readonly latest: readonly Item[] | undefined;
}

interface Listing<Item> {
  /** What the server listed last; undefined before it did. */
  readonly latest: readonly Item[] | undefined;
  /** `latest` still belongs to an earlier `key`. */
  readonly outdated: boolean;
  /** What the list was asked for: another filter, order or page. */
  readonly key: string;
  /** Rows of a page. */
  readonly size: number;
}

/**
 * The rows of a list that is requested again and again, held in their places. They begin anew when
 * `key` changes, or by `release`; `remove` takes out rows that the user deleted.
 */
export function useHeldRows<Item extends { readonly id: string }>(listing: Listing<Item>) {
  const { latest, outdated, key, size } = listing;
  const [held, setHeld] = useState<Held<Item>>({ ...noRows, key, latest: undefined });
  let current = held;
  if (!outdated && (held.latest !== latest || held.key !== key)) {
    const shown = held.key === key ? held.rows : [];
    current = { ...holdRows(shown, { latest: latest ?? [], size }), key, latest };
    setHeld(current);
  }
  const release = useCallback(() => {
    setHeld((before) => ({ ...before, ...holdRows([], { latest: before.latest ?? [], size }) }));
  }, [size]);
  const remove = useCallback((ids: readonly string[]) => {
    setHeld((before) => ({
      ...before,
      rows: before.rows.filter(({ item }) => !ids.includes(item.id)),
    }));
  }, []);
  return { rows: current.rows, fresh: current.fresh, release, remove };
}
