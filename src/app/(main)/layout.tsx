import { headers } from "next/headers";
import type { ReactNode } from "react";
import { currentUser } from "../../auth/current-user.ts";
import { getApplication } from "../../server/get-application.ts";
import { requestedLocale } from "../../ui/format.ts";
import { LocaleProvider } from "../../ui/kit/locale.tsx";
import { shellMessages } from "../../ui/messages/shell.ts";
import { AppShell } from "../../ui/shell/app-shell.tsx";
import { BareFrame } from "../../ui/shell/bare-frame.tsx";
import { UploadsProvider } from "../../ui/uploads/uploads-provider.tsx";
import { NavLink } from "./nav-link.tsx";

const { links } = shellMessages;

export default async function MainLayout({ children }: { children: ReactNode }) {
  const user = await currentUser(getApplication);
  // The page redirects to sign-in, because it knows the path to return to.
  if (user === null) return <BareFrame>{children}</BareFrame>;
  const nav = (
    <>
      <NavLink href="/" text={links.files} />
      <NavLink href="/tokens" text={links.tokens} />
      {user.role === "admin" && <NavLink href="/admin" text={links.admin} />}
    </>
  );
  return (
    <LocaleProvider requested={requestedLocale((await headers()).get("accept-language"))}>
      <UploadsProvider key={user.id} account={user.id}>
        <AppShell email={user.email} nav={nav}>
          {children}
        </AppShell>
      </UploadsProvider>
    </LocaleProvider>
  );
}
