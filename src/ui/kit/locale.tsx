"use client";

import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import { DEFAULT_LOCALE, type Formats, formatsOf, supportedLocale } from "../format.ts";

const LocaleContext = createContext(DEFAULT_LOCALE);

/** `asked`: the locale that the browser asked the server for, by which the server renders. */
export function LocaleProvider({ asked, children }: { asked: string; children: ReactNode }) {
  const locale = useSyncExternalStore(
    onLanguageChange,
    () => supportedLocale(navigator.language),
    // While a page hydrates, its text must be that of the server.
    () => asked,
  );
  return <LocaleContext value={locale}>{children}</LocaleContext>;
}

/** Numbers and dates in the reader's locale. */
export function useFormats(): Formats {
  return formatsOf(useContext(LocaleContext));
}

function onLanguageChange(listener: () => void): () => void {
  window.addEventListener("languagechange", listener);
  return () => window.removeEventListener("languagechange", listener);
}
