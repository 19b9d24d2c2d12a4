"use client";

import { Button } from "../../ui/kit/button.tsx";
import { shellMessages, strayMessages } from "../../ui/messages/shell.ts";
import { CenteredMessage } from "../../ui/shell/centered-message.tsx";

export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <CenteredMessage title={strayMessages.broken}>
      <p>{strayMessages.brokenBody}</p>
      <p className="mt-4">
        <Button look="primary" onClick={reset}>
          {shellMessages.retry}
        </Button>
      </p>
    </CenteredMessage>
  );
}
