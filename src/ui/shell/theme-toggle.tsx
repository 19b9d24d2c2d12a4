"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { useSyncExternalStore } from "react";
import { classNames } from "../kit/class-names.ts";
import { shellMessages } from "../messages/shell.ts";

const choices = [
  { theme: "light", Icon: Sun },
  { theme: "dark", Icon: Moon },
  { theme: "system", Icon: Monitor },
] as const;

const never = () => () => undefined;

/** Selects the theme. The server does not know it, so no option is selected before hydration. */
export function ThemeToggle() {
  const { theme, setTheme } = useTheme();
  const inBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return (
    <fieldset className="flex rounded-lg border border-border p-0.5">
      <legend className="sr-only">{shellMessages.theme}</legend>
      {choices.map(({ theme: choice, Icon }) => {
        const chosen = inBrowser && theme === choice;
        return (
          <label
            key={choice}
            title={shellMessages.themes[choice]}
            className={classNames(
              "flex size-7 pointer-coarse:size-9 cursor-pointer items-center justify-center rounded-md text-muted-foreground transition-colors hover:text-foreground has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-ring",
              chosen && "bg-muted text-foreground forced-colors:outline-2",
            )}
          >
            <input
              type="radio"
              name="theme"
              className="sr-only"
              checked={chosen}
              onChange={() => setTheme(choice)}
              aria-label={shellMessages.themes[choice]}
            />
            <Icon aria-hidden className="size-4" />
          </label>
        );
      })}
    </fieldset>
  );
}
