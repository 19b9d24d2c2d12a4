"use client";

import { type MouseEvent, type ReactNode, useEffect, useRef } from "react";
import { classNames } from "./class-names.ts";
import type { FocusReturn } from "./use-focus-return.ts";

const panel =
  "fixed top-1/2 left-1/2 max-h-[85dvh] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-2xl border border-border bg-card p-6 text-foreground shadow-xl backdrop:bg-black/50 backdrop:backdrop-blur-[2px]";

export interface ModalProps {
  readonly role: "dialog" | "alertdialog";
  /** The ids of the elements with its title and its description. */
  readonly titleId: string;
  readonly descriptionId: string;
  readonly focus: FocusReturn;
  readonly className: string;
  /** Whether a click outside closes it. Escape always does. */
  readonly closedByClick: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * A modal window, open as long as it is rendered. The browser keeps the focus inside and the rest of
 * the page inert. The element with `data-initial-focus` has the focus at first, else the first one
 * that can.
 */
export function Modal(props: ModalProps) {
  const { role, titleId, descriptionId, focus, className, closedByClick, onClose } = props;
  const element = useRef<HTMLDialogElement>(null);
  const { onOpen, onGone } = focus;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once when it appears, and once when it is gone
  useEffect(() => {
    const dialog = element.current;
    // React runs effects twice in development.
    if (dialog?.open === false) {
      onOpen();
      dialog.showModal();
      dialog.querySelector<HTMLElement>("[data-initial-focus]")?.focus();
    }
    return onGone;
  }, []);
  const closeOutside = (event: MouseEvent) => {
    if (closedByClick && event.target === element.current && isOutside(event)) onClose();
  };
  return (
    <dialog
      ref={element}
      role={role}
      aria-labelledby={titleId}
      aria-describedby={descriptionId}
      className={classNames(panel, className)}
      onClick={closeOutside}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        // The browser would close it by itself, whatever the owner decides.
        event.preventDefault();
        onClose();
      }}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {props.children}
    </dialog>
  );
}

/** Whether a click on the dialog's element lies on the backdrop. */
function isOutside({ currentTarget, clientX, clientY }: MouseEvent): boolean {
  const { left, right, top, bottom } = currentTarget.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}
