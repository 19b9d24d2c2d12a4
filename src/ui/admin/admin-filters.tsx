"use client";

import { useEffect, useState } from "react";
import { Input, Select } from "../kit/field.tsx";
import { useDebounced } from "../kit/use-debounced.ts";
import { adminMessages } from "../messages/admin.ts";
import { type AdminQuery, readAdminQuery, sorts } from "./admin-query.ts";

interface AdminFiltersProps {
  readonly query: AdminQuery;
  readonly onChange: (changes: Partial<AdminQuery>, how?: "push" | "replace") => void;
}

/** The search field and the filters. */
export function AdminFilters({ query, onChange }: AdminFiltersProps) {
  return (
    <div className="flex flex-wrap gap-2 max-sm:[&>select]:flex-1">
      <SearchField value={query.search} onChange={onChange} />
      <Select
        aria-label={adminMessages.status}
        value={query.status ?? ""}
        onChange={(event) => {
          const { status } = readAdminQuery(
            new URLSearchParams({ status: event.currentTarget.value }),
          );
          onChange({ status });
        }}
      >
        <option value="">{adminMessages.allStatuses}</option>
        {Object.entries(adminMessages.statuses).map(([status, label]) => (
          <option key={status} value={status}>
            {label}
          </option>
        ))}
      </Select>
      <OrderField query={query} onChange={onChange} />
    </div>
  );
}

/** Duplicates the sort buttons of the table header, which are hidden on narrow screens. */
function OrderField({ query: { sort, order }, onChange }: AdminFiltersProps) {
  return (
    <Select
      aria-label={adminMessages.sort}
      className="md:hidden"
      value={`${sort} ${order}`}
      onChange={(event) => {
        const [by = "", way = ""] = event.currentTarget.value.split(" ");
        onChange(pickOrder(readAdminQuery(new URLSearchParams({ sort: by, order: way }))));
      }}
    >
      {sorts.flatMap((by) =>
        Object.entries(adminMessages.orders[by]).map(([way, label]) => (
          <option key={`${by} ${way}`} value={`${by} ${way}`}>
            {label}
          </option>
        )),
      )}
    </Select>
  );
}

function pickOrder({ sort, order }: AdminQuery): Partial<AdminQuery> {
  return { sort, order };
}

function SearchField({
  value,
  onChange,
}: {
  value: string;
  onChange: AdminFiltersProps["onChange"];
}) {
  const [text, setText] = useState(value);
  const [last, setLast] = useState(value);
  // The browser's "Back" changes the URL and therefore this field.
  if (value !== last) {
    setLast(value);
    setText(value);
  }
  const settled = useDebounced(text, 300);
  useEffect(() => {
    const shown = readAdminQuery(new URLSearchParams(window.location.search)).search;
    if (settled !== shown) onChange({ search: settled }, "replace");
  }, [settled, onChange]);
  return (
    <Input
      type="search"
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      placeholder={adminMessages.search}
      aria-label={adminMessages.search}
      maxLength={1_024}
      className="max-sm:basis-full sm:w-72"
    />
  );
}
