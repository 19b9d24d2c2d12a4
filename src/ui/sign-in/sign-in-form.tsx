"use client";

import { type FormEvent, useState } from "react";
import { Brand } from "../shell/brand.tsx";
import { type SignInOutcome, signInWithPassword, signInWithProvider } from "./session-requests.ts";
import { signInMessage } from "./sign-in-messages.ts";

interface SignInFormProps {
  /** A path of this site. */
  readonly next: string;
  /** The word that a failed attempt brought back in the address; null at first. */
  readonly error: string | null;
  readonly providers: readonly { readonly id: string; readonly name: string }[];
}

const field =
  "w-full rounded-lg border border-input/60 bg-background px-3 py-2 text-base outline-none focus-visible:ring-2 focus-visible:ring-ring";
const button =
  "w-full rounded-lg px-4 py-2 font-medium outline-none focus-visible:ring-2 focus-visible:ring-ring focus-visible:ring-offset-2 focus-visible:ring-offset-background disabled:opacity-60";

export function SignInForm({ next, error: first, providers }: SignInFormProps) {
  const [error, setError] = useState(first);
  const [busy, setBusy] = useState(false);

  const run = async (attempt: Promise<SignInOutcome>) => {
    setBusy(true);
    setError(null);
    const outcome = await attempt;
    // A whole page load: everything that was rendered for nobody is rendered anew.
    if ("go" in outcome) return window.location.assign(outcome.go);
    setError(outcome.error);
    setBusy(false);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const email = String(form.get("email") ?? "");
    const password = String(form.get("password") ?? "");
    void run(signInWithPassword({ email, password }, next));
  };

  return (
    <section className="w-full max-w-sm space-y-6 rounded-xl border border-border bg-card p-8 shadow-sm">
      <div className="space-y-3">
        <Brand />
        <h1 className="font-semibold text-2xl tracking-tight">Sign in</h1>
      </div>
      {error !== null && (
        <p role="alert" className="text-destructive text-sm">
          {signInMessage(error)}
        </p>
      )}
      <form method="post" onSubmit={submit} className="space-y-4">
        <div className="space-y-1.5">
          <label htmlFor="email" className="font-medium text-sm">
            E-mail
          </label>
          <input
            id="email"
            name="email"
            type="email"
            autoComplete="username"
            required
            className={field}
          />
        </div>
        <div className="space-y-1.5">
          <label htmlFor="password" className="font-medium text-sm">
            Password
          </label>
          <input
            id="password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            className={field}
          />
        </div>
        <button
          type="submit"
          disabled={busy}
          className={`${button} bg-primary text-primary-foreground`}
        >
          {busy ? "Signing in…" : "Sign in"}
        </button>
      </form>
      {providers.length > 0 && (
        <div className="space-y-3">
          <p className="text-center text-muted-foreground text-sm">or</p>
          {providers.map(({ id, name }) => (
            <button
              key={id}
              type="button"
              disabled={busy}
              onClick={() => void run(signInWithProvider(id, next))}
              className={`${button} border border-border`}
            >
              Continue with {name}
            </button>
          ))}
        </div>
      )}
    </section>
  );
}
