"use client";

import { CircleAlert } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { Button } from "../kit/button.tsx";
import { Input } from "../kit/field.tsx";
import { Notice } from "../kit/notice.tsx";
import { signInMessages } from "../messages/sign-in.ts";
import { Brand } from "../shell/brand.tsx";
import { type SignInOutcome, signInWithPassword, signInWithProvider } from "./session-requests.ts";
import { signInMessage } from "./sign-in-messages.ts";

interface SignInFormProps {
  /** A path of this site. */
  readonly next: string;
  /** The error code of a failed attempt, from the URL; null without one. */
  readonly error: string | null;
  readonly providers: readonly { readonly id: string; readonly name: string }[];
}

export function SignInForm({ next, error: first, providers }: SignInFormProps) {
  const [error, setError] = useState(first);
  const [busy, setBusy] = useState(false);
  const password = useRef<HTMLInputElement>(null);

  const run = async (attempt: () => Promise<SignInOutcome>) => {
    if (busy) return;
    setBusy(true);
    setError(null);
    const outcome = await attempt();
    // A full page load, so that everything is rendered for the signed-in user.
    if ("go" in outcome) return window.location.assign(outcome.go);
    setError(outcome.error);
    setBusy(false);
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = String(form.get("email") ?? "");
    const secret = String(form.get("password") ?? "");
    await run(() => signInWithPassword({ email, password: secret }, next));
    // Usually the password was mistyped.
    password.current?.select();
  };

  return (
    <section className="w-full max-w-sm space-y-6 rounded-2xl border border-border bg-card p-6 shadow-sm sm:p-8">
      <div className="space-y-3">
        <Brand />
        <h1 className="font-semibold text-2xl tracking-tight">{signInMessages.title}</h1>
      </div>
      {error !== null && (
        <Notice tone="destructive" icon={<CircleAlert aria-hidden className="text-destructive" />}>
          <p role="alert">{signInMessage(error)}</p>
        </Notice>
      )}
      <form method="post" onSubmit={(event) => void submit(event)} className="space-y-4">
        <div className="space-y-1.5">
          <label htmlFor="email" className="font-medium text-sm">
            {signInMessages.email}
          </label>
          <Input id="email" name="email" type="email" autoComplete="username" required large />
        </div>
        <div className="space-y-1.5">
          <label htmlFor="password" className="font-medium text-sm">
            {signInMessages.password}
          </label>
          <Input
            ref={password}
            id="password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            large
          />
        </div>
        <Button type="submit" look="primary" size="large" aria-disabled={busy} className="w-full">
          {busy ? signInMessages.busy : signInMessages.action}
        </Button>
      </form>
      {providers.length > 0 && (
        <div className="space-y-3">
          <p className="flex items-center gap-3 text-muted-foreground text-sm before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">
            {signInMessages.or}
          </p>
          {providers.map(({ id, name }) => (
            <Button
              key={id}
              size="large"
              aria-disabled={busy}
              onClick={() => void run(() => signInWithProvider(id, next))}
              className="w-full"
            >
              {signInMessages.provider(name)}
            </Button>
          ))}
        </div>
      )}
    </section>
  );
}
