"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

/** A link of the main navigation. It navigates on the client, so that uploads continue. */
export function NavLink({ href, text }: { href: string; text: string }) {
  const here = usePathname() === href;
  return (
    <li>
      <Link
        href={href}
        prefetch={false}
        aria-current={here ? "page" : undefined}
        className="block rounded-lg px-2.5 py-1.5 font-medium text-muted-foreground text-sm transition-colors hover:text-foreground aria-[current=page]:bg-muted aria-[current=page]:text-foreground forced-colors:aria-[current=page]:underline"
      >
        {text}
      </Link>
    </li>
  );
}
