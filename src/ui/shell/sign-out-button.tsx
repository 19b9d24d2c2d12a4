"use client";

import { LogOut } from "lucide-react";
import { useState } from "react";
import { Button } from "../kit/button.tsx";
import { ConfirmDialog } from "../kit/dialog.tsx";
import { shellMessages } from "../messages/shell.ts";
import { signOut } from "../sign-in/session-requests.ts";
import { useQueue } from "../uploads/uploads-provider.tsx";
import { isMoving } from "../uploads/use-leave-guard.ts";

/** Signs out and goes to the sign-in page. Asks for confirmation if that would stop uploads. */
export function SignOutButton() {
  const queue = useQueue();
  const [state, setState] = useState<"idle" | "asking" | "busy" | "failed">("idle");
  const leave = async () => {
    setState("busy");
    try {
      await signOut();
      window.location.assign("/sign-in");
    } catch {
      setState("failed");
    }
  };
  return (
    <>
      <Button
        look="quiet"
        size="icon"
        // Aligns the icon, not the border, with the content.
        className="-mr-2.5 pointer-coarse:-mr-3.5"
        aria-disabled={state === "busy"}
        onClick={() => void (isMoving(queue) ? setState("asking") : leave())}
        aria-label={shellMessages.signOut}
        title={shellMessages.signOut}
      >
        <LogOut aria-hidden />
      </Button>
      {state === "failed" && (
        <p role="alert" className="text-destructive text-xs">
          {shellMessages.signOutFailed}
        </p>
      )}
      <ConfirmDialog
        open={state === "asking"}
        onOpenChange={() => setState("idle")}
        title={shellMessages.signOutTitle}
        action={shellMessages.signOut}
        onConfirm={async () => {
          queue.pauseAll();
          await leave();
        }}
      >
        {shellMessages.signOutBody}
      </ConfirmDialog>
    </>
  );
}
