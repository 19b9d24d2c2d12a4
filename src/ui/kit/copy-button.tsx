"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { shellMessages } from "../messages/shell.ts";
import { Button, type ButtonLook } from "./button.tsx";

interface CopyButtonProps extends ButtonLook {
  readonly text: string;
  /** What is copied, for those who do not see the icon. */
  readonly label: string;
}

/** Copies `text`, and says so. */
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
      {/* A button's new name is not read out by itself. */}
      <span aria-live="polite" className="sr-only">
        {copied && shellMessages.copied}
      </span>
    </>
  );
}

/** The clipboard needs https (or localhost); elsewhere the old way still works. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    // Within an open dialog, only what lies inside can take the focus.
    (document.querySelector("[role=dialog]") ?? document.body).append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}
