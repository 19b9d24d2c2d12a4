"use client";

import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import { DEFAULT_LOCALE, type Formats, formatsOf, supportedLocale } from "../format.ts";

const LocaleContext = createContext(DEFAULT_LOCALE);

/** `requested`: the locale of the request's Accept-Language header, which the server uses to render. */
export function LocaleProvider({
  requested,
  children,
}: {
  requested: string;
  children: ReactNode;
}) {
  const locale = useSyncExternalStore(
    onLanguageChange,
    () => supportedLocale(navigator.language),
    // During hydration the text must match that of the server.
    () => requested,
  );
  return <LocaleContext value={locale}>{children}</LocaleContext>;
}

/** The number and date formats of the browser's locale. */
export function useFormats(): Formats {
  return formatsOf(useContext(LocaleContext));
}

function onLanguageChange(listener: () => void): () => void {
  window.addEventListener("languagechange", listener);
  return () => window.removeEventListener("languagechange", listener);
}
