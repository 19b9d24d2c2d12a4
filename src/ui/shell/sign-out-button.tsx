"use client";

import { LogOut } from "lucide-react";
import { useState } from "react";
import { Button } from "../kit/button.tsx";
import { shellMessages } from "../messages/shell.ts";
import { signOut } from "../sign-in/session-requests.ts";

/** Ends the session and goes to the sign-in page. */
export function SignOutButton() {
  const [state, setState] = useState<"idle" | "busy" | "failed">("idle");
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
        disabled={state === "busy"}
        onClick={() => void leave()}
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
    </>
  );
}
