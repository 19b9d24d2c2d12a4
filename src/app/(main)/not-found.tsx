import Link from "next/link";
import { errorPageMessages } from "../../ui/messages/shell.ts";
import { CenteredMessage } from "../../ui/shell/centered-message.tsx";

/** Shown inside the frame of the pages, also for pages that only administrators can see. */
export default function NotFound() {
  return (
    <CenteredMessage title={errorPageMessages.notFound}>
      <p>{errorPageMessages.notFoundBody}</p>
      <p className="mt-4">
        <Link href="/" className="font-medium text-primary underline underline-offset-4">
          {errorPageMessages.home}
        </Link>
      </p>
    </CenteredMessage>
  );
}
