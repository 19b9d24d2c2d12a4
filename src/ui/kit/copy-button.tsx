"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { shellMessages } from "../messages/shell.ts";
import { Button, type ButtonLook } from "./button.tsx";

interface CopyButtonProps extends ButtonLook {
  readonly text: string;
  /** The accessible name, such as "Copy the token". */
  readonly label: string;
}

/** Copies `text` to the clipboard and announces it. */
export function CopyButton({ text, label, look = "quiet", size = "icon" }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <>
      <Button
        look={look}
        size={size}
        aria-label={copied ? shellMessages.copied : label}
        title={label}
        onClick={() => void copy()}
      >
        {copied ? <Check aria-hidden className="text-success" /> : <Copy aria-hidden />}
      </Button>
      {/* Screen readers do not announce the changed name of a button. */}
      <span aria-live="polite" className="sr-only">
        {copied && shellMessages.copied}
      </span>
    </>
  );
}

/** The Clipboard API requires HTTPS or localhost; otherwise uses `execCommand`. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    // While a dialog is open, only elements inside it can receive the focus.
    (document.querySelector("[role=dialog]") ?? document.body).append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}
