"use client";

import { ThemeProvider as Provider } from "next-themes";
import type { ReactNode } from "react";

/** Light, dark, or as the system has it; remembered in the browser. */
export function ThemeProvider({
  nonce,
  children,
}: {
  /** That of the page's policy for scripts. */
  nonce: string | undefined;
  children: ReactNode;
}) {
  return (
    <Provider
      {...(nonce === undefined ? {} : { nonce })}
      attribute="class"
      defaultTheme="system"
      enableSystem
      disableTransitionOnChange
    >
      {children}
    </Provider>
  );
}
