"use client";

import { useState } from "react";
import { Button } from "../kit/button.tsx";
import { ConfirmDialog } from "../kit/dialog.tsx";
import { tokensMessages } from "../messages/tokens.ts";
import { useTRPCClient } from "../trpc/trpc.ts";

/** Revokes all tokens, tickets and other sessions of the user, after a confirmation. */
export function RevokeAll({ onRevoked }: { onRevoked: () => void }) {
  const client = useTRPCClient();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>{tokensMessages.revokeAll}</Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={tokensMessages.revokeAllTitle}
        action={tokensMessages.revokeAll}
        onConfirm={async () => {
          await client.tokens.revokeAll.mutate();
          onRevoked();
        }}
      >
        <p>{tokensMessages.revokeAllBody}</p>
      </ConfirmDialog>
    </>
  );
}
