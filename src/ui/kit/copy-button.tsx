"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { shellMessages } from "../messages/shell.ts";
import { Button, type ButtonLook } from "./button.tsx";

interface CopyButtonProps extends ButtonLook {
  readonly text: string;
  /** What is copied, for those who see only the icon. */
  readonly label: string;
  /** Shown beside the icon; left out: the icon alone. */
  readonly caption?: string;
}

/** Copies `text`, and says so. */
export function CopyButton({
  text,
  label,
  caption,
  look = "quiet",
  size = "icon",
}: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <Button
      look={look}
      size={size}
      aria-label={copied ? shellMessages.copied : label}
      title={label}
      onClick={() => void copy()}
    >
      {copied ? <Check aria-hidden className="text-success" /> : <Copy aria-hidden />}
      {caption !== undefined && (
        <span aria-live="polite">{copied ? shellMessages.copied : caption}</span>
      )}
    </Button>
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
