"use client";

import { type MouseEvent, type ReactNode, useEffect, useRef } from "react";
import { classNames } from "./class-names.ts";
import type { FocusReturn } from "./use-focus-return.ts";

const panel =
  "fixed top-1/2 left-1/2 max-h-[85dvh] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-2xl border border-border bg-card p-6 text-foreground shadow-xl backdrop:bg-black/50 backdrop:backdrop-blur-[2px]";

export interface ModalProps {
  readonly role: "dialog" | "alertdialog";
  /** The ids of the elements that contain the title and the description. */
  readonly titleId: string;
  readonly descriptionId: string;
  readonly focus: FocusReturn;
  readonly className: string;
  /** Whether a click outside closes it. Escape always closes it. */
  readonly closedByClick: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * A modal dialog that is open while it is rendered. The browser keeps the focus inside and makes the
 * rest of the page inert. The initial focus is on the element with `data-initial-focus`, or else on the
 * first focusable one.
 */
export function Modal(props: ModalProps) {
  const { role, titleId, descriptionId, focus, className, closedByClick, onClose } = props;
  const element = useRef<HTMLDialogElement>(null);
  const { onOpen, onGone } = focus;
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs once when mounted and once when unmounted
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
        // Otherwise the browser would close the dialog even if `onClose` does not.
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

/** Whether a click on the dialog element is on the backdrop. */
function isOutside({ currentTarget, clientX, clientY }: MouseEvent): boolean {
  const { left, right, top, bottom } = currentTarget.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}
