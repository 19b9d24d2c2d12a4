"use client";

import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import type { AdminUploadView } from "../../wire/admin-schemas.ts";
import { classNames } from "../kit/class-names.ts";
import { HeadCell, Table } from "../kit/table.tsx";
import { adminMessages } from "../messages/admin.ts";
import type { AdminQuery, AdminSort } from "./admin-query.ts";
import type { HeldRow } from "./held-rows.ts";
import { PickCell } from "./pick-cell.tsx";
import { UploadTableRow } from "./upload-table-row.tsx";

interface UploadTableProps {
  readonly rows: readonly HeldRow<AdminUploadView>[];
  readonly query: AdminQuery;
  readonly onQuery: (changes: Partial<AdminQuery>) => void;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (id: string, selected: boolean) => void;
  readonly onSelectAll: (selected: boolean) => void;
  readonly onDelete: (upload: AdminUploadView) => void;
}

/** The table of the admin page. */
export function UploadTable(props: UploadTableProps) {
  const { rows, query, onQuery, selected, onSelect, onSelectAll, onDelete } = props;
  const { columns } = adminMessages;
  const all = rows.every(({ item }) => selected.has(item.id));
  return (
    <Table>
      <thead>
        <tr>
          <PickCell
            label={adminMessages.selectAll}
            checked={all}
            mixed={!all && selected.size > 0}
            onChange={onSelectAll}
            className="border-border border-b"
          />
          <SortCell sort="filename" text={columns.filename} query={query} onQuery={onQuery} />
          <HeadCell className="max-lg:hidden">{columns.user}</HeadCell>
          <HeadCell className="max-sm:hidden">{columns.status}</HeadCell>
          <HeadCell className="max-lg:hidden">{columns.progress}</HeadCell>
          <SortCell
            sort="size"
            text={columns.size}
            query={query}
            onQuery={onQuery}
            className="text-right max-sm:hidden"
          />
          <SortCell
            sort="createdAt"
            text={columns.created}
            query={query}
            onQuery={onQuery}
            className="max-md:hidden"
          />
          <HeadCell>
            <span className="sr-only">{columns.actions}</span>
          </HeadCell>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ item, gone }) => (
          <UploadTableRow
            key={item.id}
            upload={item}
            gone={gone}
            selected={selected.has(item.id)}
            onSelect={onSelect}
            onDelete={onDelete}
          />
        ))}
      </tbody>
    </Table>
  );
}

interface SortCellProps extends Pick<UploadTableProps, "query" | "onQuery"> {
  readonly sort: AdminSort;
  readonly text: string;
  readonly className?: string;
}

function SortCell({ sort, text, query, onQuery, className }: SortCellProps) {
  const sorted = query.sort === sort;
  const ascending = query.order === "asc";
  const Arrow = ascending ? ArrowUp : ArrowDown;
  const Mark = sorted ? Arrow : ChevronsUpDown;
  // The first click sorts names ascending, sizes and dates descending.
  const first = sort === "filename" ? "asc" : "desc";
  const opposite = ascending ? "desc" : "asc";
  const direction = ascending ? "ascending" : "descending";
  return (
    <HeadCell aria-sort={sorted ? direction : "none"} className={className}>
      <button
        type="button"
        className={classNames(
          "-mx-2 -my-1 inline-flex items-center gap-1 rounded-md px-2 py-1 transition-colors hover:bg-muted hover:text-foreground",
          sorted && "text-foreground",
        )}
        aria-label={adminMessages.sortBy(text)}
        onClick={() => onQuery({ sort, order: sorted ? opposite : first })}
      >
        {text}
        <Mark aria-hidden className={classNames("size-3.5", !sorted && "opacity-60")} />
      </button>
    </HeadCell>
  );
}
