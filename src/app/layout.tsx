import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
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

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    // The theme's class is set before the page is shown, so the server cannot know it.
    <html
      lang="en"
      suppressHydrationWarning
      className={`${GeistSans.variable} ${GeistMono.variable}`}
    >
      <body className="font-sans">
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: our own function, and it must not wait for the scripts of the page */}
        <script dangerouslySetInnerHTML={{ __html: `(${guardDrops})()` }} />
        <ThemeProvider>{children}</ThemeProvider>
      </body>
    </html>
  );
}
