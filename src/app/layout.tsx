import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { nonceOf } from "../server/pages/content-security.ts";
import { guardDrops } from "../ui/shell/early-drops.ts";
import { ThemeProvider } from "../ui/shell/theme-provider.tsx";
import "./globals.css";

export const metadata: Metadata = {
  robots: { index: false },
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f9fafb" },
    { media: "(prefers-color-scheme: dark)", color: "#0e1117" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = nonceOf(await headers());
  return (
    // The theme's class is set in the browser before the page is shown, so the server's HTML differs.
    <html
      lang="en"
      suppressHydrationWarning
      className={`${GeistSans.variable} ${GeistMono.variable}`}
    >
      <body className="font-sans">
        <script
          nonce={nonce}
          // Browsers hide the nonce from scripts.
          suppressHydrationWarning
          // biome-ignore lint/security/noDangerouslySetInnerHtml: our own function, which must run before the page's scripts
          dangerouslySetInnerHTML={{ __html: `(${guardDrops})()` }}
        />
        <ThemeProvider nonce={nonce}>{children}</ThemeProvider>
      </body>
    </html>
  );
}
