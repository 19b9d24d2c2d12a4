import type { ReactNode } from "react";
import { classNames } from "../kit/class-names.ts";
import { Brand } from "./brand.tsx";
import { frameWidth } from "./frame-width.ts";

/** The frame of pages without a signed-in user: the product name and no navigation. */
export function BareFrame({ children }: { children: ReactNode }) {
  return (
    <>
      <header className={classNames(frameWidth, "flex min-h-14 items-center")}>
        <Brand />
      </header>
      <main>{children}</main>
    </>
  );
}
