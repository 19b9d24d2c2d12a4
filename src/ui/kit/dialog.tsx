"use client";

import { AlertDialog, Dialog as Primitive } from "radix-ui";
import { type ReactNode, type RefObject, useState } from "react";
import { shellMessages } from "../messages/shell.ts";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { useFocusReturn } from "./use-focus-return.ts";

const veil = "fixed inset-0 z-40 bg-black/50 backdrop-blur-[2px]";
const panel =
  "fixed top-1/2 left-1/2 z-50 max-h-[85dvh] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-2xl border border-border bg-card p-6 shadow-xl";

export interface ConfirmDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** What will happen, in full. */
  readonly children: ReactNode;
  /** The deed in a word: "Delete". */
  readonly action: string;
  /** The way back in a word; "Cancel" when left out. */
  readonly dismiss?: string;
  /** Has the focus after the deed when no row is left that could have it. */
  readonly home?: RefObject<HTMLElement | null>;
  /** Does it. Throws an Error whose message is shown, and the dialog stays. */
  readonly onConfirm: () => Promise<void>;
}

/**
 * Asks before something that cannot be taken back. The safe answer has the focus. While the deed is
 * being done both answers only look disabled: one that really is would lose the focus.
 */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, children, action, dismiss, home, onConfirm } = props;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const focus = useFocusReturn(home);
  const change = (next: boolean) => {
    if (busy) return;
    setProblem(null);
    onOpenChange(next);
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
    <AlertDialog.Root open={open} onOpenChange={change}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={veil} />
        <AlertDialog.Content {...focus.handlers} className={classNames(panel, "max-w-md")}>
          <AlertDialog.Title className="font-semibold text-lg tracking-tight">
            {title}
          </AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div className="mt-2 text-muted-foreground text-sm leading-relaxed">{children}</div>
          </AlertDialog.Description>
          {problem !== null && (
            <p role="alert" className="mt-3 text-destructive text-sm">
              {problem}
            </p>
          )}
          <div className="mt-6 flex flex-wrap justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button aria-disabled={busy}>{dismiss ?? shellMessages.cancel}</Button>
            </AlertDialog.Cancel>
            <Button look="destructive" aria-disabled={busy} onClick={() => void confirm()}>
              {action}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

export interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description: string;
  readonly children: ReactNode;
  /** False: a click beside the dialog does not close it. */
  readonly dismissible?: boolean;
  readonly wide?: boolean;
}

/** A window over the page. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  dismissible = true,
  wide = false,
}: DialogProps) {
  const focus = useFocusReturn();
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className={veil} />
        <Primitive.Content
          {...focus.handlers}
          className={classNames(panel, wide ? "max-w-2xl" : "max-w-md")}
          onInteractOutside={(event) => {
            if (!dismissible) event.preventDefault();
          }}
        >
          <Primitive.Title className="font-semibold text-lg tracking-tight">
            {title}
          </Primitive.Title>
          <Primitive.Description className="mt-1 text-muted-foreground text-sm leading-relaxed">
            {description}
          </Primitive.Description>
          <div className="mt-5">{children}</div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
