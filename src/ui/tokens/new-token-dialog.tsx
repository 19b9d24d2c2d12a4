"use client";

import { type FormEvent, useState } from "react";
import type { NewTokenView } from "../../wire/account-schemas.ts";
import { Button } from "../kit/button.tsx";
import { CopyButton } from "../kit/copy-button.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { Input, Select } from "../kit/field.tsx";
import { shellMessages } from "../messages/shell.ts";
import { tokensMessages } from "../messages/tokens.ts";
import { useTRPCClient } from "../trpc/trpc.ts";
import { tokenExample } from "./token-example.ts";

interface NewTokenDialogProps {
  readonly onClose: () => void;
  readonly onCreated: () => void;
}

/** Creates a token and shows it once. */
export function NewTokenDialog({ onClose, onCreated }: NewTokenDialogProps) {
  const [created, setCreated] = useState<NewTokenView | null>(null);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      dismissible={created === null}
      wide={created !== null}
      title={created === null ? tokensMessages.createTitle : tokensMessages.createdTitle}
      description={created === null ? tokensMessages.createBody : tokensMessages.createdBody}
    >
      {created === null ? (
        <TokenForm
          onClose={onClose}
          onCreated={(token) => {
            setCreated(token);
            onCreated();
          }}
        />
      ) : (
        <TokenShown token={created.token} onClose={onClose} />
      )}
    </Dialog>
  );
}

function TokenForm({
  onClose,
  onCreated,
}: {
  onClose: () => void;
  onCreated: (token: NewTokenView) => void;
}) {
  const client = useTRPCClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const create = async (form: FormData) => {
    const days = Number(form.get("days"));
    setBusy(true);
    try {
      const name = String(form.get("name") ?? "").trim();
      onCreated(
        await client.tokens.create.mutate({ name, ...(days > 0 ? { expiresInDays: days } : {}) }),
      );
    } catch (error) {
      setProblem(error instanceof Error ? error.message : shellMessages.somethingFailed);
      setBusy(false);
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void create(new FormData(event.currentTarget));
  };
  return (
    <form onSubmit={submit} className="space-y-4">
      <label htmlFor="token-name" className="block space-y-1.5 text-sm">
        <span className="font-medium">{tokensMessages.name}</span>
        <Input
          id="token-name"
          name="name"
          required
          maxLength={200}
          pattern=".*\S.*"
          autoComplete="off"
          placeholder={tokensMessages.namePlaceholder}
        />
      </label>
      <label htmlFor="token-days" className="block space-y-1.5 text-sm">
        <span className="block font-medium">{tokensMessages.expires}</span>
        <Select id="token-days" name="days" defaultValue={90} className="w-full">
          {tokensMessages.expiries.map(({ days, label }) => (
            <option key={label} value={days ?? 0}>
              {label}
            </option>
          ))}
        </Select>
      </label>
      {problem !== null && (
        <p role="alert" className="text-destructive text-sm">
          {problem}
        </p>
      )}
      <div className="flex justify-end gap-2 pt-1">
        <Button onClick={onClose}>{shellMessages.cancel}</Button>
        <Button type="submit" look="primary" disabled={busy}>
          {tokensMessages.createAction}
        </Button>
      </div>
    </form>
  );
}

function TokenShown({ token, onClose }: { token: string; onClose: () => void }) {
  const example = tokenExample(window.location.origin, token);
  return (
    <div className="space-y-4">
      <div className="flex items-center gap-2 rounded-lg border border-border bg-muted/60 py-1 pr-1 pl-3">
        <code className="min-w-0 flex-1 break-all font-mono text-sm" data-testid="token">
          {token}
        </code>
        <CopyButton text={token} label={tokensMessages.copyToken} />
      </div>
      <div>
        <div className="flex items-center justify-between">
          <p className="font-medium text-sm">{tokensMessages.example}</p>
          <CopyButton text={example} label={tokensMessages.copyExample} />
        </div>
        <pre className="whitespace-pre-wrap break-all rounded-lg border border-border bg-muted/60 p-3 font-mono text-xs leading-relaxed">
          {example}
        </pre>
      </div>
      <div className="flex justify-end">
        <Button look="primary" onClick={onClose}>
          {tokensMessages.done}
        </Button>
      </div>
    </div>
  );
}
