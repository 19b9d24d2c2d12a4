"use client";

import { useQueryClient } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, Trash2 } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import type { AdminUploadView } from "../../wire/admin-schemas.ts";
import { Button } from "../kit/button.tsx";
import { classNames } from "../kit/class-names.ts";
import { Empty } from "../kit/empty.tsx";
import { LoadFailed, Loading } from "../kit/load-states.tsx";
import { useFormats } from "../kit/locale.tsx";
import { adminMessages } from "../messages/admin.ts";
import { useTRPC } from "../trpc/trpc.ts";
import { AdminFilters } from "./admin-filters.tsx";
import type { AdminQuery } from "./admin-query.ts";
import { DeleteUploads } from "./delete-uploads.tsx";
import { FreshRows } from "./fresh-rows.tsx";
import { StatLine } from "./stat-line.tsx";
import { UploadTable } from "./upload-table.tsx";
import { useAdminQuery } from "./use-admin-query.ts";
import { useUploadRows } from "./use-upload-rows.ts";

/** The uploads of all users. `initial`: the query in the URL. */
export function AdminPage({ initial }: { initial: AdminQuery }) {
  const { query, change } = useAdminQuery(initial);
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { list, rows, fresh, release, remove: removeRows } = useUploadRows(query);
  const uploads: readonly AdminUploadView[] = rows.map(({ item }) => item);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [toDelete, setToDelete] = useState<readonly AdminUploadView[]>([]);
  // Uploads that are no longer on the page are not selected.
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
  const remove = useCallback((upload: AdminUploadView) => setToDelete([upload]), []);
  return (
    <div className={classNames("space-y-5", selected.size > 0 && "max-md:pb-20")}>
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
            onDelete={() => setToDelete(uploads.filter(({ id }) => selected.has(id)))}
          />
        )}
      </div>
      {list.isPending && <Loading rows={6} />}
      {list.isError && list.data === undefined && (
        <LoadFailed onRetry={() => void list.refetch()}>{adminMessages.failed}</LoadFailed>
      )}
      {list.data !== undefined && uploads.length === 0 && <Nothing query={query} />}
      <div className="relative">
        <FreshRows
          count={fresh}
          onShow={() => {
            release();
            title.current?.focus({ preventScroll: true });
          }}
        />
        {rows.length > 0 && (
          <UploadTable
            rows={rows}
            query={query}
            onQuery={change}
            selected={selected}
            onSelect={select}
            onSelectAll={(on) => setChosen(on ? new Set(uploads.map(({ id }) => id)) : new Set())}
            onDelete={remove}
          />
        )}
      </div>
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
        uploads={toDelete}
        onClose={() => setToDelete([])}
        onDeleted={(ids) => {
          removeRows(ids);
          void queryClient.invalidateQueries(trpc.admin.pathFilter());
        }}
      />
    </div>
  );
}

interface SelectionProps {
  readonly count: number;
  readonly onClear: () => void;
  readonly onDelete: () => void;
}

/** Actions for the selected rows. On narrow screens they stay visible while scrolling. */
function Selection({ count, onClear, onDelete }: SelectionProps) {
  return (
    <div className="z-10 flex items-center gap-1 max-md:fixed max-md:inset-x-4 max-md:bottom-4 max-md:rounded-xl max-md:border max-md:border-border max-md:bg-card max-md:p-2 max-md:shadow-lg">
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

function Nothing({ query }: { query: AdminQuery }) {
  const filtered = query.search !== "" || query.status !== null || query.cursor !== null;
  return <Empty title={filtered ? adminMessages.none : adminMessages.noneYet} />;
}

interface PagerProps {
  readonly total: number;
  readonly next: string | null;
  readonly cursor: string | null;
  /** Called with the cursor of another page; null: the first page. */
  readonly onTurn: (cursor: string | null) => void;
}

function Pager({ total, next, cursor, onTurn }: PagerProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <p role="status" className="text-muted-foreground text-sm tabular-nums">
        {adminMessages.total(total, useFormats())}
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
