import type { ReactNode } from "react";
import { Brand } from "./brand.tsx";

/** The frame of pages that anybody may see: whose they are, and no way into the rest. */
export function BareFrame({ children }: { children: ReactNode }) {
  return (
    <>
      <header className="mx-auto flex min-h-14 w-full max-w-5xl items-center px-4 sm:px-6">
        <Brand />
      </header>
      <main>{children}</main>
    </>
  );
}
