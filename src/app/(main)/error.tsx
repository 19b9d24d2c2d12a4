"use client";

import { Button } from "../../ui/kit/button.tsx";
import { errorPageMessages, shellMessages } from "../../ui/messages/shell.ts";
import { CenteredMessage } from "../../ui/shell/centered-message.tsx";

/** `retry` sends a new request to the server; `reset` would render the same response again. */
export default function ErrorPage({ retry }: { error: Error; retry: () => void }) {
  return (
    <CenteredMessage title={errorPageMessages.broken}>
      <p>{errorPageMessages.brokenBody}</p>
      <p className="mt-4">
        <Button look="primary" onClick={retry}>
          {shellMessages.retry}
        </Button>
      </p>
    </CenteredMessage>
  );
}
