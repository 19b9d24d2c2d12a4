"use client";

import { type ReactNode, type RefObject, useId, useState } from "react";
import { shellMessages } from "../messages/shell.ts";
import { Button } from "./button.tsx";
import { Modal } from "./modal.tsx";
import { useFocusReturn } from "./use-focus-return.ts";

export interface ConfirmDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** Explains the consequences. */
  readonly children: ReactNode;
  /** The label of the confirm button: "Delete". */
  readonly action: string;
  /** The label of the cancel button. Default: "Cancel". */
  readonly dismiss?: string;
  /** Receives the focus after the action if there is no other row. */
  readonly home?: RefObject<HTMLElement | null>;
  /** Runs the action. If it throws, the message is shown and the dialog stays open. */
  readonly onConfirm: () => Promise<void>;
}

/**
 * Asks for confirmation of an irreversible action. The cancel button has the initial focus. While the
 * action runs, both buttons are only marked with `aria-disabled`, since a disabled button loses the focus.
 */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return props.open ? <Question {...props} /> : null;
}

function Question(props: ConfirmDialogProps) {
  const { onOpenChange, title, children, action, dismiss, home, onConfirm } = props;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const focus = useFocusReturn(home);
  const id = useId();
  const close = () => {
    if (!busy) onOpenChange(false);
  };
  const confirm = async () => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      focus.leave();
      await onConfirm();
      onOpenChange(false);
    } catch (error) {
      focus.stay();
      setProblem(error instanceof Error ? error.message : shellMessages.somethingFailed);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      role="alertdialog"
      titleId={`${id}title`}
      descriptionId={`${id}body`}
      className="max-w-md"
      focus={focus}
      closedByClick={false}
      onClose={close}
    >
      <h2 id={`${id}title`} className="font-semibold text-lg tracking-tight">
        {title}
      </h2>
      <div id={`${id}body`} className="mt-2 text-muted-foreground text-sm leading-relaxed">
        {children}
      </div>
      {problem !== null && (
        <p role="alert" className="mt-3 text-destructive text-sm">
          {problem}
        </p>
      )}
      <div className="mt-6 flex flex-wrap justify-end gap-2">
        <Button data-initial-focus aria-disabled={busy} onClick={close}>
          {dismiss ?? shellMessages.cancel}
        </Button>
        <Button look="destructive" aria-disabled={busy} onClick={() => void confirm()}>
          {action}
        </Button>
      </div>
    </Modal>
  );
}

export interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description: string;
  readonly children: ReactNode;
  /** False: a click outside the dialog does not close it. */
  readonly dismissible?: boolean;
  readonly wide?: boolean;
}

/** A modal dialog. */
export function Dialog(props: DialogProps) {
  return props.open ? <Window {...props} /> : null;
}

function Window(props: DialogProps) {
  const { onOpenChange, title, description, children, dismissible = true, wide = false } = props;
  const focus = useFocusReturn();
  const id = useId();
  return (
    <Modal
      role="dialog"
      titleId={`${id}title`}
      descriptionId={`${id}body`}
      className={wide ? "max-w-2xl" : "max-w-md"}
      focus={focus}
      closedByClick={dismissible}
      onClose={() => onOpenChange(false)}
    >
      <h2 id={`${id}title`} className="font-semibold text-lg tracking-tight">
        {title}
      </h2>
      <p id={`${id}body`} className="mt-1 text-muted-foreground text-sm leading-relaxed">
        {description}
      </p>
      <div className="mt-5">{children}</div>
    </Modal>
  );
}
