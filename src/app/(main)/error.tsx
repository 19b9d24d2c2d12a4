"use client";

import { Button } from "../../ui/kit/button.tsx";
import { shellMessages, strayMessages } from "../../ui/messages/shell.ts";
import { CenteredMessage } from "../../ui/shell/centered-message.tsx";

/** `retry` asks the server again, where `reset` would show again what it answered. */
export default function ErrorPage({ retry }: { error: Error; retry: () => void }) {
  return (
    <CenteredMessage title={strayMessages.broken}>
      <p>{strayMessages.brokenBody}</p>
      <p className="mt-4">
        <Button look="primary" onClick={retry}>
          {shellMessages.retry}
        </Button>
      </p>
    </CenteredMessage>
  );
}
