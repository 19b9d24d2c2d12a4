"use client";

import { ThemeProvider as Provider } from "next-themes";
import type { ReactNode } from "react";

/** Provides the theme: light, dark or that of the system. It is stored in the browser. */
export function ThemeProvider({
  nonce,
  children,
}: {
  /** The nonce of the Content-Security-Policy. */
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
