import Link from "next/link";
import { strayMessages } from "../../ui/messages/shell.ts";
import { CenteredMessage } from "../../ui/shell/centered-message.tsx";

/** Within the frame of the pages: for what only administrators may see, too. */
export default function NotFound() {
  return (
    <CenteredMessage title={strayMessages.notFound}>
      <p>{strayMessages.notFoundBody}</p>
      <p className="mt-4">
        <Link href="/" className="font-medium text-primary underline underline-offset-4">
          {strayMessages.home}
        </Link>
      </p>
    </CenteredMessage>
  );
}
