"use client";

import { type RefObject, useRef } from "react";

/**
 * Gives the focus back to whoever had it before a window opened: our windows have no trigger that
 * would get it. Who is about to be removed with its row hands it to the row beside (`leave`); where
 * there is none it goes `home`, or to the content.
 */
export function useFocusReturn(home?: RefObject<HTMLElement | null>) {
  const opener = useRef<Element | null>(null);
  const heir = useRef<Element | null>(null);
  const handlers = {
    onOpenAutoFocus: () => {
      opener.current = document.activeElement;
      heir.current = null;
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      const next = heir.current ?? opener.current;
      const target = next?.isConnected ? next : (home?.current ?? content());
      const lost = document.activeElement === document.body;
      if (lost && target instanceof HTMLElement) target.focus();
    },
  };
  return {
    handlers,
    /** What has the focus now goes away. */
    leave: () => {
      const row = opener.current?.closest("li, tr") ?? null;
      heir.current = lastButtonBeside(row) ?? home?.current ?? content();
    },
    /** It stays after all. */
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
