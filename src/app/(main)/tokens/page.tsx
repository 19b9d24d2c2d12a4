import { getApplication } from "../../../server/get-application.ts";
import { shellMessages } from "../../../ui/messages/shell.ts";
import { PageTitle } from "../../../ui/shell/page-title.tsx";
import { TokensPage } from "../../../ui/tokens/tokens-page.tsx";
import { requireUser } from "../require-user.ts";

export default async function Tokens() {
  await requireUser("/tokens");
  const { clock } = await getApplication();
  return (
    <>
      <PageTitle of={shellMessages.links.tokens} />
      <TokensPage now={clock.now().getTime()} />
    </>
  );
}
