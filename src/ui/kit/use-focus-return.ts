"use client";

import { type RefObject, useRef } from "react";

/** Where the focus goes when a window closes. */
export interface FocusReturn {
  /** Call when the window opens, while its opener still has the focus. */
  readonly onOpen: () => void;
  /** Call when the window has been removed. */
  readonly onGone: () => void;
  /** The opener is about to be removed with its row. */
  readonly leave: () => void;
  /** It is not removed after all. */
  readonly stay: () => void;
}

/**
 * Returns the focus to the element that had it before a window opened. An element that is about to
 * be removed with its row leaves it to the next row. Without one it goes to `home`, or to the content.
 */
export function useFocusReturn(home?: RefObject<HTMLElement | null>): FocusReturn {
  const opener = useRef<Element | null>(null);
  const heir = useRef<Element | null>(null);
  return {
    onOpen: () => {
      opener.current = document.activeElement;
      heir.current = null;
    },
    onGone: () => {
      const next = heir.current ?? opener.current;
      const target = next?.isConnected ? next : (home?.current ?? content());
      const lost = document.activeElement === document.body;
      if (lost && target instanceof HTMLElement) target.focus();
    },
    leave: () => {
      const row = opener.current?.closest("li, tr") ?? null;
      heir.current = lastButtonBeside(row) ?? home?.current ?? content();
    },
    stay: () => {
      heir.current = null;
    },
  };
}

/** The last button of the row after this one, or of the row before: where one goes on removing. */
export function lastButtonBeside(row: Element | null): HTMLElement | null {
  const beside = row?.nextElementSibling ?? row?.previousElementSibling;
  return Array.from(beside?.querySelectorAll("button") ?? []).at(-1) ?? null;
}

function content(): HTMLElement | null {
  return document.querySelector<HTMLElement>("#content");
}
