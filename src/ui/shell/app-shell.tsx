import type { ReactNode } from "react";
import { classNames } from "../kit/class-names.ts";
import { shellMessages } from "../messages/shell.ts";
import { QueueStatus } from "../uploads/queue-status.tsx";
import { Brand } from "./brand.tsx";
import { frameWidth } from "./frame-width.ts";
import { SignOutButton } from "./sign-out-button.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";

/** The frame of all pages for signed-in users. Header and content have the same width. */
export function AppShell({
  email,
  nav,
  children,
}: {
  email: string;
  nav: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only rounded-lg bg-primary px-4 py-2 font-medium text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
      >
        {shellMessages.skip}
      </a>
      <header className="sticky top-0 z-20 border-border border-b bg-background/85 backdrop-blur">
        <div
          className={classNames(
            frameWidth,
            "flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 py-2",
          )}
        >
          <Brand compact />
          <nav
            aria-label={shellMessages.navigation}
            className="order-last w-full md:order-none md:w-auto"
          >
            <ul className="-mx-2.5 flex gap-1 md:mx-0">{nav}</ul>
          </nav>
          <div className="ml-auto flex items-center gap-2">
            <QueueStatus />
            <span
              className="max-w-40 truncate text-muted-foreground text-sm max-md:hidden"
              title={email}
            >
              {email}
            </span>
            <ThemeToggle />
            <SignOutButton />
          </div>
        </div>
      </header>
      <main
        id="content"
        tabIndex={-1}
        className={classNames(frameWidth, "flex-1 py-6 outline-none sm:py-10")}
      >
        {children}
      </main>
    </div>
  );
}
