"use client";

import { useQuery } from "@tanstack/react-query";
import { useFormats } from "../kit/locale.tsx";
import { adminMessages } from "../messages/admin.ts";
import { useTRPC } from "../trpc/trpc.ts";

/** Five statistics of the service. */
export function StatLine() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.admin.stats.queryOptions(undefined, { refetchInterval: 10_000 }));
  const formats = useFormats();
  const { stats } = adminMessages;
  const count = (value: number | undefined) => (value === undefined ? "–" : formats.count(value));
  const facts = [
    [stats.complete, count(data?.byStatus.complete)],
    [stats.uploading, count(data?.byStatus.uploading)],
    [stats.expired, count(data?.byStatus.expired)],
    [
      stats.stored,
      data === undefined ? "–" : formats.bytes(data.bytes.complete + data.bytes.uploading),
    ],
    [stats.users, count(data?.users)],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-border bg-border sm:grid-cols-5">
      {facts.map(([name, value]) => (
        <div key={name} className="flex flex-col-reverse bg-card px-4 py-3 max-sm:last:col-span-2">
          <dt className="text-muted-foreground text-xs">{name}</dt>
          <dd className="font-semibold text-xl tabular-nums tracking-tight">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
