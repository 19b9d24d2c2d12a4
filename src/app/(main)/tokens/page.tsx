import type { Metadata } from "next";
import { getApplication } from "../../../server/get-application.ts";
import { shellMessages } from "../../../ui/messages/shell.ts";
import { TokensPage } from "../../../ui/tokens/tokens-page.tsx";
import { requireUser } from "../require-user.ts";

export const metadata: Metadata = { title: shellMessages.links.tokens };

export default async function Tokens() {
  await requireUser("/tokens");
  const { clock } = await getApplication();
  return <TokensPage now={clock.now().getTime()} />;
}
