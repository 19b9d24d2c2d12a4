"use client";

import { type RefObject, useRef } from "react";

/** Moves the focus when a dialog closes. */
export interface FocusReturn {
  /** Call when the dialog opens, while its opener still has the focus. */
  readonly onOpen: () => void;
  /** Call when the dialog has been removed. */
  readonly onGone: () => void;
  /** Call before the opener is removed with its row. */
  readonly leave: () => void;
  /** Call if the opener is not removed after all. */
  readonly stay: () => void;
}

/**
 * Returns the focus to the element that had it before a dialog opened. If that element is removed with
 * its row, the focus moves to the next row, or else to `home` or the main content.
 */
export function useFocusReturn(home?: RefObject<HTMLElement | null>): FocusReturn {
  const opener = useRef<Element | null>(null);
  const nextFocus = useRef<Element | null>(null);
  return {
    onOpen: () => {
      opener.current = document.activeElement;
      nextFocus.current = null;
    },
    onGone: () => {
      const next = nextFocus.current ?? opener.current;
      const target = next?.isConnected ? next : (home?.current ?? content());
      const lost = document.activeElement === document.body;
      if (lost && target instanceof HTMLElement) target.focus();
    },
    leave: () => {
      const row = opener.current?.closest("li, tr") ?? null;
      nextFocus.current = lastButtonOfNeighbour(row) ?? home?.current ?? content();
    },
    stay: () => {
      nextFocus.current = null;
    },
  };
}

/** The last button (usually "remove") of the next row, or of the previous one. */
export function lastButtonOfNeighbour(row: Element | null): HTMLElement | null {
  const neighbour = row?.nextElementSibling ?? row?.previousElementSibling;
  return Array.from(neighbour?.querySelectorAll("button") ?? []).at(-1) ?? null;
}

function content(): HTMLElement | null {
  return document.querySelector<HTMLElement>("#content");
}
