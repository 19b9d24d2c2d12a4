"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { TokenView } from "../../wire/account-schemas.ts";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { ConfirmDialog } from "../kit/dialog.tsx";
import { Empty } from "../kit/empty.tsx";
import { LoadFailed, Loading } from "../kit/load-states.tsx";
import { useFormats } from "../kit/locale.tsx";
import { Cell, HeadCell, Row, Table } from "../kit/table.tsx";
import { tokensMessages } from "../messages/tokens.ts";
import { useTRPC, useTRPCClient } from "../trpc/trpc.ts";
import { NewTokenDialog } from "./new-token-dialog.tsx";
import { RevokeAll } from "./revoke-all.tsx";

/** The user's API tokens. `now`: the server's time in ms, to determine expired tokens. */
export function TokensPage({ now }: { now: number }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const tokens = useQuery(trpc.tokens.list.queryOptions());
  const [creating, setCreating] = useState(false);
  const [toRevoke, setToRevoke] = useState<TokenView | null>(null);
  const refresh = () => void tokens.refetch();
  return (
    <>
      <div className="mb-6 flex flex-wrap items-end justify-between gap-4">
        <div className="min-w-0">
          <h1 className="font-semibold text-2xl tracking-tight">{tokensMessages.title}</h1>
          <p className="mt-1 max-w-xl text-balance text-muted-foreground text-sm">
            {tokensMessages.lead}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <RevokeAll onRevoked={refresh} />
          <Button look="primary" onClick={() => setCreating(true)}>
            <Plus aria-hidden />
            {tokensMessages.create}
          </Button>
        </div>
      </div>
      {tokens.isPending && <Loading />}
      {tokens.isError && <LoadFailed onRetry={refresh}>{tokensMessages.failed}</LoadFailed>}
      {tokens.data !== undefined && (
        <TokenTable tokens={tokens.data} now={now} onRevoke={setToRevoke} />
      )}
      {creating && <NewTokenDialog onClose={() => setCreating(false)} onCreated={refresh} />}
      <ConfirmDialog
        open={toRevoke !== null}
        onOpenChange={() => setToRevoke(null)}
        title={tokensMessages.revokeTitle}
        action={tokensMessages.revoke}
        onConfirm={async () => {
          if (toRevoke !== null) await client.tokens.revoke.mutate({ id: toRevoke.id });
          refresh();
        }}
      >
        <p className="break-words">{tokensMessages.revokeBody(toRevoke?.name ?? "")}</p>
      </ConfirmDialog>
    </>
  );
}

interface TokenTableProps {
  readonly tokens: readonly TokenView[];
  readonly now: number;
  readonly onRevoke: (token: TokenView) => void;
}

function TokenTable({ tokens, now, onRevoke }: TokenTableProps) {
  const { columns } = tokensMessages;
  const formats = useFormats();
  if (tokens.length === 0) {
    return <Empty title={tokensMessages.empty}>{tokensMessages.emptyHint}</Empty>;
  }
  return (
    <Table>
      <thead>
        <tr>
          <HeadCell>{columns.name}</HeadCell>
          <HeadCell>{columns.prefix}</HeadCell>
          <HeadCell className="max-md:hidden">{columns.lastUsed}</HeadCell>
          <HeadCell className="max-sm:hidden">{columns.expires}</HeadCell>
          <HeadCell>
            <span className="sr-only">{columns.actions}</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <Row key={token.id}>
            <Cell className="max-w-0 max-sm:w-full sm:w-1/2">
              <p className="truncate font-medium" title={token.name}>
                {token.name}
              </p>
              <p className="truncate text-muted-foreground text-xs sm:hidden">
                {columns.expires}: <Expiry at={token.expiresAt} now={now} />
              </p>
            </Cell>
            <Cell>
              <code className="whitespace-nowrap font-mono text-xs">{token.prefix}…</code>
            </Cell>
            <Cell className="whitespace-nowrap text-muted-foreground max-md:hidden">
              {token.lastUsedAt === null ? tokensMessages.notUsed : formats.date(token.lastUsedAt)}
            </Cell>
            <Cell className="whitespace-nowrap text-muted-foreground max-sm:hidden">
              <Expiry at={token.expiresAt} now={now} />
            </Cell>
            <Cell className="w-0 text-right">
              <Button
                look="quiet"
                size="icon"
                aria-label={tokensMessages.revokeOf(token.name)}
                title={tokensMessages.revokeOf(token.name)}
                onClick={() => onRevoke(token)}
              >
                <Trash2 aria-hidden />
              </Button>
            </Cell>
          </Row>
        ))}
      </tbody>
    </Table>
  );
}

function Expiry({ at, now }: { at: Date | null; now: number }) {
  const formats = useFormats();
  if (at === null) return tokensMessages.never;
  if (at.getTime() <= now) return <Badge tone="destructive">{tokensMessages.expired}</Badge>;
  return formats.date(at);
}
