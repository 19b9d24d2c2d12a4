"use client";

import { useCallback, useState } from "react";
import { type HeldRows, holdRows, noRows } from "./held-rows.ts";

interface Held<Item extends { readonly id: string }> extends HeldRows<Item> {
  /** The key of the request, and the response from which `rows` were computed. */
  readonly key: string;
  readonly latest: readonly Item[] | undefined;
}

interface Listing<Item> {
  /** The last response of the server; undefined before the first one. */
  readonly latest: readonly Item[] | undefined;
  /** `latest` still belongs to an earlier `key`. */
  readonly outdated: boolean;
  /** Identifies the filter, order and page of the request. */
  readonly key: string;
  /** Maximum number of rows of a page. */
  readonly size: number;
}

/**
 * The rows of a periodically refreshed list, which keep their positions. They are replaced when `key`
 * changes or `release` is called. `remove` removes rows that the user deleted.
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
