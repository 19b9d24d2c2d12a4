"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, Trash2 } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import type { AdminUploadView } from "../../wire/admin-schemas.ts";
import { Button } from "../kit/button.tsx";
import { classNames } from "../kit/class-names.ts";
import { Empty } from "../kit/empty.tsx";
import { LoadFailed, Loading } from "../kit/load-states.tsx";
import { adminMessages } from "../messages/admin.ts";
import { useTRPC } from "../trpc/trpc.ts";
import { AdminFilters } from "./admin-filters.tsx";
import type { AdminQuery } from "./admin-query.ts";
import { DeleteUploads } from "./delete-uploads.tsx";
import { StatLine } from "./stat-line.tsx";
import { UploadTable } from "./upload-table.tsx";
import { useAdminQuery } from "./use-admin-query.ts";

/** A page of the table, and how often it is asked for again (ms). */
const PAGE = 50;
const REFRESH_MS = 5_000;

/** Everybody's uploads. `initial` is what the address asked for. */
export function AdminPage({ initial }: { initial: AdminQuery }) {
  const { query, change } = useAdminQuery(initial);
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const list = useQuery(
    trpc.admin.uploads.list.queryOptions(askOf(query), {
      refetchInterval: REFRESH_MS,
      placeholderData: (before) => before,
    }),
  );
  const uploads: readonly AdminUploadView[] = list.data?.items ?? [];
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [doomed, setDoomed] = useState<readonly AdminUploadView[]>([]);
  // What is no longer on the page is no longer chosen.
  const selected = new Set(uploads.map(({ id }) => id).filter((id) => chosen.has(id)));
  const select = useCallback((id: string, on: boolean) => {
    setChosen((before) => {
      const next = new Set(before);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });
  }, []);
  const title = useRef<HTMLHeadingElement>(null);
  const remove = useCallback((upload: AdminUploadView) => setDoomed([upload]), []);
  return (
    <div className={classNames("space-y-5", selected.size > 0 && "max-sm:pb-20")}>
      <h1
        ref={title}
        tabIndex={-1}
        className="scroll-mt-28 font-semibold text-2xl tracking-tight outline-none"
      >
        {adminMessages.title}
      </h1>
      <StatLine />
      <div className="flex min-h-9 flex-wrap items-center justify-between gap-2">
        <AdminFilters query={query} onChange={change} />
        {selected.size > 0 && (
          <Selection
            count={selected.size}
            onClear={() => setChosen(new Set())}
            onDelete={() => setDoomed(uploads.filter(({ id }) => selected.has(id)))}
          />
        )}
      </div>
      {list.isPending && <Loading rows={6} />}
      {list.isError && list.data === undefined && (
        <LoadFailed onRetry={() => void list.refetch()}>{adminMessages.failed}</LoadFailed>
      )}
      {list.data !== undefined && uploads.length === 0 && <Nothing query={query} />}
      {uploads.length > 0 && (
        <UploadTable
          uploads={uploads}
          query={query}
          onQuery={change}
          selected={selected}
          onSelect={select}
          onSelectAll={(on) => setChosen(on ? new Set(uploads.map(({ id }) => id)) : new Set())}
          onDelete={remove}
        />
      )}
      {list.data !== undefined && (
        <Pager
          total={list.data.total}
          next={list.data.nextCursor}
          cursor={query.cursor}
          onTurn={(cursor) => {
            change({ cursor });
            title.current?.focus();
          }}
        />
      )}
      <DeleteUploads
        uploads={doomed}
        onClose={() => setDoomed([])}
        onDeleted={() => void queryClient.invalidateQueries(trpc.admin.pathFilter())}
      />
    </div>
  );
}

interface SelectionProps {
  readonly count: number;
  readonly onClear: () => void;
  readonly onDelete: () => void;
}

/** What can be done with the chosen rows; on narrow screens it stays in sight of them. */
function Selection({ count, onClear, onDelete }: SelectionProps) {
  return (
    <div className="z-10 flex items-center gap-1 max-sm:fixed max-sm:inset-x-4 max-sm:bottom-4 max-sm:rounded-xl max-sm:border max-sm:border-border max-sm:bg-card max-sm:p-2 max-sm:shadow-lg">
      <span className="mr-auto px-1 text-sm tabular-nums">{adminMessages.selected(count)}</span>
      <Button look="quiet" onClick={onClear}>
        {adminMessages.clearSelection}
      </Button>
      <Button onClick={onDelete}>
        <Trash2 aria-hidden className="text-destructive" />
        {adminMessages.delete}
      </Button>
    </div>
  );
}

function askOf({ search, status, cursor, sort, order }: AdminQuery) {
  const trimmed = search.trim();
  return {
    limit: PAGE,
    sort,
    order,
    ...(trimmed === "" ? {} : { search: trimmed }),
    ...(status === null ? {} : { status }),
    ...(cursor === null ? {} : { cursor }),
  };
}

function Nothing({ query }: { query: AdminQuery }) {
  const filtered = query.search !== "" || query.status !== null || query.cursor !== null;
  return <Empty title={filtered ? adminMessages.none : adminMessages.noneYet} />;
}

interface PagerProps {
  readonly total: number;
  readonly next: string | null;
  readonly cursor: string | null;
  /** To another page, which is read from its top. */
  readonly onTurn: (cursor: string | null) => void;
}

function Pager({ total, next, cursor, onTurn }: PagerProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <p role="status" className="text-muted-foreground text-sm tabular-nums">
        {adminMessages.total(total)}
      </p>
      {(next !== null || cursor !== null) && (
        <nav aria-label={adminMessages.title} className="flex gap-2">
          <Button disabled={cursor === null} onClick={() => onTurn(null)}>
            <ChevronLeft aria-hidden />
            {adminMessages.first}
          </Button>
          <Button disabled={next === null} onClick={() => onTurn(next)}>
            {adminMessages.next}
            <ChevronRight aria-hidden />
          </Button>
        </nav>
      )}
    </div>
  );
}
